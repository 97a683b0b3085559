            "ComponentPolicy",
            text -> ComponentPolicy.parse(Bytes.ofUtf8(text)).places(),
            KubernetesFuzz::policies),
        FuzzTarget.ofText(
                "AdmissionRecord",
                text -> AdmissionRecord.fromJson(Json.object("NodeAdmission", text)),
                () -> List.of(Json.line(admission().toJson())))
            .writing(record -> Bytes.ofUtf8(Json.line(record.toJson()))),
        FuzzTarget.ofText(
            "IpRanges",
            text -> IpRange.parse("ranges", text),
            "10.96.0.0/12",
            "fd00::/8, 10.0.0.0/8"),
        FuzzTarget.ofText("NodeName", NodeNames::normalize, "Worker_1", "a.b-c")
            .writing(Bytes::ofUtf8),
        FuzzTarget.ofText("CaPin", CaPin::parse, "sha256:" + "0f".repeat(32))
            .writing(pin -> Bytes.ofUtf8(pin.value())),
        FuzzTarget.of(
                "KubeletCertificateRequest",
                KubeletCertificates::nodeName,
                () ->
                    List.of(
                        CertificateRequests.create(
                            KeyPairs.ecP256(), "a", List.of("a"), List.of("10.0.0.1"))))
            .refusing(CsrException.class));
  }

  private static String authority() {
    return CertificateAuthority.create("ca", Instant.EPOCH, SOON).certificatePem();
  }

  private static AdmissionRecord admission() {
    return new AdmissionRecord(
        AdmissionRecord.identityOfKey("0f".repeat(32)),
        new TreeMap<>(Map.of("akName", "000b")),
        AdmissionRecord.State.PENDING,
        "n-1",
        true,
        "0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f",
        List.of("0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2e"),
        List.of("10.0.0.1"),
        SOON);
  }

  private static BootstrapToken token() {
    return new BootstrapToken("abcdef", "0123456789abcdef", SOON);
  }

  private static List<String> policies() {
    return List.of(
        """
        {"paths": ["/run/state/bin/", "/opt/x"],
         "hashes": {"/opt/x": ["sha256:%s"], "https://e/x": ["sha256:%1$s"]},
         "signingKeys": ["%s"]}
        """
            .formatted(
                "0a".repeat(32), Pem.encode(KeyPairs.ecP256().getPublic()).replace("\n", "\\n")));
  }

  private static List<String> configMaps() {
    var components = List.of(new Component("https://e/x", "sha256:aa", "/opt/x", true));
    return List.of(
        Json.line(
            ComponentsConfig.toConfigMap(
                new ClusterAccess.Components(
                    ComponentsConfig.reference(components), "v1.31.0", components))),
        "{\"metadata\": {\"name\": \"n\"}, \"data\": {\"components\": \"[{\\\"URL\\\": \\\"u\\\"}]\"}}");
  }
}
