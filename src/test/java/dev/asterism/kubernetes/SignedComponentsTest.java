package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.crypto.Pem;
import dev.asterism.testing.Tools;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedComponentsTest {
  private static final String HASH = "sha256:" + "0a".repeat(32);
  private static final String SIGNATURE_PATH = "/opt/kubernetes/components.sig";
  private static final Component KUBELET =
      new Component("https://example.com/kubelet", HASH, "/run/state/bin/kubelet", false);
  private static final Component CNI =
      new Component("https://example.com/cni", HASH.replace("0a", "0A"), "/opt/cni/bin", true);
  private static final Component PATCH =
      new Component("data:,x", "", "/run/state/bin/patch", false);

  /** As the documentation has it. */
  private static final String SIGNED =
      """
      asterism components 1
      sha256:%s file /run/state/bin/kubelet
      sha256:%1$s archive /opt/cni/bin
      sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881 file /run/state/bin/patch
      """
          .formatted("0a".repeat(32));

  @TempDir private Path root;
  private KeyPair key;

  @BeforeEach
  void makeKey() throws Exception {
    key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  @Test
  void takesTheListThatWasSigned() throws Exception {
    List<Component> list = List.of(KUBELET, CNI, PATCH, signature(sign(SIGNED)));

    assertEquals(list, check(list));
  }

  @Test
  void theSignatureMayStandAnywhere() throws Exception {
    check(List.of(signature(sign(SIGNED)), KUBELET, CNI, PATCH));
  }

  @Test
  void nothingNeedsNoSignature() throws Exception {
    check(List.of());
  }

  @Test
  void refusesAListThatIsNotSigned() {
    assertRefused("are not signed", KUBELET, CNI, PATCH);
  }

  @Test
  void refusesAnotherKeysSignature() throws Exception {
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Component signature = signature(sign(other, "Ed25519", SIGNED));

    assertRefused("have a signature that no key", KUBELET, CNI, PATCH, signature);
  }

  @Test
  void refusesASignatureOverSomethingElse() throws Exception {
    assertRefused(
        "have a signature that no key", KUBELET, CNI, PATCH, signature(sign(SIGNED.strip())));
    assertRefused("have a signature that no key", KUBELET, CNI, PATCH, signature(Bytes.EMPTY));
    assertRefused(
        "have a signature that no key", KUBELET, CNI, PATCH, signature(Bytes.zeros(100_000)));
  }

  @Test
  void refusesOneThatIsMissingOrMovedOrChanged() throws Exception {
    Component signature = signature(sign(SIGNED));
    String complaint = "have a signature that no key";

    assertRefused(complaint, KUBELET, CNI, signature);
    assertRefused(complaint, CNI, KUBELET, PATCH, signature);
    assertRefused(complaint, KUBELET, KUBELET, CNI, PATCH, signature);
    assertRefused(
        complaint,
        new Component(KUBELET.url(), HASH, "/run/state/bin/kubeadm", false),
        CNI,
        PATCH,
        signature);
    assertRefused(
        complaint,
        new Component(KUBELET.url(), "sha256:" + "0b".repeat(32), KUBELET.installPath(), false),
        CNI,
        PATCH,
        signature);
    assertRefused(
        complaint,
        KUBELET,
        CNI,
        new Component("data:,y", "", PATCH.installPath(), false),
        signature);
    assertRefused(
        complaint,
        KUBELET,
        new Component(CNI.url(), HASH, "/run/state/bin/", true),
        PATCH,
        signature);
  }

  @Test
  void refusesTwoSignatures() throws Exception {
    Component signature = signature(sign(SIGNED));

    assertRefused("have more than one signature", signature, KUBELET, CNI, PATCH, signature);
  }

  @Test
  void refusesASignatureThatIsElsewhere() {
    assertRefused(
        "must have their signature inside",
        KUBELET,
        CNI,
        PATCH,
        new Component("https://example.com/sig", HASH, SIGNATURE_PATH, false));
  }

  @Test
  void whatIsPinnedMustBeTheRightOneThoughItIsSigned() throws Exception {
    String pins =
        ", \"hashes\": {\"/run/state/bin/kubelet\": [\"sha256:" + "0c".repeat(32) + "\"]}";
    Component signature = signature(sign(SIGNED));

    var e =
        assertThrows(
            MalformedException.class,
            () -> rules(pins).check(List.of(KUBELET, CNI, PATCH, signature)));

    assertEquals("kubernetes_components[0].hash", e.field());
  }

  @Test
  void whatIsSignedNeedsNoPin() throws Exception {
    String pins = ", \"hashes\": {\"/run/state/bin/kubelet\": [\"" + HASH + "\"]}";

    rules(pins).check(List.of(KUBELET, CNI, PATCH, signature(sign(SIGNED))));
  }

  @Test
  void takesWhatOpenSslSigns() throws Exception {
    assumeTrue(Tools.isInstalled("openssl"), "openssl is not installed");
    Path secret = root.resolve("signing.pem");
    for (String[] kind :
        new String[][] {
          {"genpkey", "-algorithm", "ED25519"},
          {"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}
        }) {
      var command = new ArrayList<>(List.of("openssl"));
      command.addAll(List.of(kind));
      command.addAll(List.of("-out", secret.toString()));
      openssl(command.toArray(String[]::new));
      Path list = Files.writeString(root.resolve("components.txt"), SIGNED);
      Path signature = root.resolve("components.sig");
      openssl("openssl", "pkey", "-in", secret.toString(), "-pubout", "-out", root + "/pub.pem");
      openssl(
          "openssl",
          "pkeyutl",
          "-sign",
          "-rawin",
          "-inkey",
          secret.toString(),
          "-in",
          list.toString(),
          "-out",
          signature.toString());

      rules(Files.readString(root.resolve("pub.pem")), "")
          .check(List.of(KUBELET, CNI, PATCH, signature(Bytes.of(Files.readAllBytes(signature)))));
    }
  }

  private static void openssl(String... command) throws Exception {
    Tools.Outcome outcome = Tools.run(command);
    assertEquals(0, outcome.exitCode(), outcome.output());
  }

  private Bytes sign(String text) throws Exception {
    return sign(key, "Ed25519", text);
  }

  private static Bytes sign(KeyPair key, String algorithm, String text) throws Exception {
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key.getPrivate());
    signer.update(Bytes.ofUtf8(text).toArray());
    return Bytes.of(signer.sign());
  }

  private static Component signature(Bytes raw) {
    return new Component("data:;base64," + raw.base64(), "", SIGNATURE_PATH, false);
  }

  private List<Component> check(List<Component> components) throws MalformedException {
    return rules("").check(components);
  }

  private ComponentRules rules(String more) throws MalformedException {
    return rules(Pem.encode(key.getPublic()), more);
  }

  private ComponentRules rules(String pem, String more) throws MalformedException {
    var keys = Json.newObject();
    keys.putArray("signingKeys").add(pem);
    String json = Json.line(keys);
    return new ComponentRules(
        ComponentPolicy.parse(
            Bytes.ofUtf8(
                "{\"paths\": [\"/run/state/bin/\", \"/opt/cni/bin/\"],"
                    + json.substring(1, json.length() - 1)
                    + more
                    + "}")),
        root);
  }

  private void assertRefused(String complaint, Component... components) {
    var e = assertThrows(MalformedException.class, () -> check(List.of(components)));
    assertTrue(e.getMessage().startsWith("kubernetes_components: " + complaint), e.getMessage());
  }
}
