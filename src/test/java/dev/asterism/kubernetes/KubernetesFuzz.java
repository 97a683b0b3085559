package dev.asterism.kubernetes;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Kubernetes' configuration, objects and names. */
public final class KubernetesFuzz {
  private static final Instant SOON = Instant.parse("2026-05-01T12:15:00Z");

  private KubernetesFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.ofText(
                "ClusterConfiguration",
                ClusterConfiguration::parse,
                () ->
                    List.of(
                        new ClusterConfiguration(
                                "c", "v1.31.0", "h:6443", "10.0.0.0/8", List.of("a", "*.b"))
                            .toYaml(),
                        "apiServer: {}\nnetworking:\n  serviceSubnet: \"10.0.0.0/8\" # pods\n"))
            .writing(configuration -> Bytes.ofUtf8(configuration.toYaml())),
        FuzzTarget.ofText(
            "Kubeconfig",
            yaml -> List.of(Kubeconfig.server("k", yaml), Kubeconfig.authority("k", yaml)),
            () -> List.of(Kubeconfig.bootstrap("c", "h:6443", authority(), "abcdef.0123"))),
        FuzzTarget.ofText(
                "ComponentsConfigMap",
                text -> ComponentsConfig.fromConfigMap(Json.object("ConfigMap", text)),
                KubernetesFuzz::configMaps)
            .writing(c -> Bytes.ofUtf8(Json.line(ComponentsConfig.toConfigMap(c)))),
        FuzzTarget.ofText(
                "BootstrapTokenSecret",
                text -> BootstrapTokens.fromSecret(Json.object("Secret", text)),
                () -> List.of(Json.line(BootstrapTokens.toSecret(token()))))
            .writing(token -> Bytes.ofUtf8(Json.line(BootstrapTokens.toSecret(token)))),
        FuzzTarget.ofText(
                "BootstrapToken",
                text -> BootstrapToken.parse(text, SOON),
                "abcdef.0123456789abcdef")
            .writing(token -> Bytes.ofUtf8(token.token())),
        FuzzTarget.ofText(
                "JoiningNode",
                text -> JoiningNode.fromJson(Json.object("JoiningNode", text)),
                () ->
                    List.of(
                        Json.line(JoiningNode.from(SOON, "n", "ref", false, "tpm").toJson()),
                        Json.line(JoiningNode.from(SOON, "n", "ref", true, "").toJson())))
            .writing(node -> Bytes.ofUtf8(Json.line(node.toJson()))),
        FuzzTarget.ofText(
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
        SOON,
        new TicketNumber(7, SOON));
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
