package dev.asterism.kubernetes;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** Kubernetes' configuration, objects and names. */
public final class KubernetesFuzz {
  private static final Instant SOON = Instant.parse("2026-05-01T12:15:00Z");

  private static final KeyPair SIGNER = KeyPairs.ecP256();
  private static final Component KUBELET =
      new Component("https://e/x", "sha256:" + "0a".repeat(32), "/run/state/bin/kubelet", false);

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
            .refusing(CsrException.class),
        FuzzTarget.ofText(
            "SignedComponents", KubernetesFuzz::signed, () -> List.of(signedComponents())),
        FuzzTarget.of(
            "ComponentSignature",
            signature -> signed(List.of(KUBELET, carrier(signature))),
            () -> List.of(signature())));
  }

  private static List<Component> signed(String configMap) throws MalformedException {
    return signed(ComponentsConfig.fromConfigMap(Json.object("ConfigMap", configMap)).list());
  }

  /** By an image that takes only what its key signed. */
  private static List<Component> signed(List<Component> components) throws MalformedException {
    ObjectNode policy = Json.newObject();
    policy.putArray("paths").add("/run/state/bin/");
    policy.putArray("signingKeys").add(Pem.encode(SIGNER.getPublic()));
    var rules =
        new ComponentRules(
            ComponentPolicy.parse(Bytes.ofUtf8(Json.line(policy))), Path.of("/nowhere"));
    return rules.check(components);
  }

  private static Component carrier(Bytes signature) {
    return new Component(
        "data:;base64," + signature.base64(), "", ComponentPolicy.SIGNATURE.toString(), false);
  }

  private static Bytes signature() throws GeneralSecurityException {
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(SIGNER.getPrivate());
    String list = "asterism components 1\n%s file /run/state/bin/kubelet\n";
    signer.update(Bytes.ofUtf8(list.formatted(KUBELET.hash())).toArray());
    return Bytes.of(signer.sign());
  }

  private static String signedComponents() throws GeneralSecurityException {
    var components = List.of(KUBELET, carrier(signature()));
    return Json.line(
        ComponentsConfig.toConfigMap(
            new ClusterAccess.Components(
                ComponentsConfig.reference(components), "v1.31.0", components)));
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
