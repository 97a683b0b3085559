package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.PcrRegister;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.verifyservice.VerifyServiceRole;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** From the command line over the wire to a TPM and back. */
class VerifyCommandTest {
  private static final Bytes CLUSTER = Bytes.ofUtf8("cluster789abcdef0123456789abcdef");
  private static final Bytes OTHER = Bytes.ofUtf8("another89abcdef0123456789abcdef0");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path temp;
  VerifyServiceRole node;
  int port;
  ObjectNode config;

  @BeforeEach
  void startAMemberOfACluster() throws Exception {
    SoftwareTpm tpm = SoftwareTpm.inMemory(new SecureRandom());
    new PcrRegister(tpm, 15).extend(CLUSTER);
    var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    node =
        new VerifyServiceRole(
            new VerifyServiceRole.Addresses(any, any, any),
            QemuVtpm.issuer(tpm, Optional::empty, List.of()),
            PeerLimits.DEFAULT);
    port = node.grpcPort();
    config = Json.newObject().put("variant", "qemu-vtpm");
    config.putObject("measurements").put("4", "00".repeat(32)).put("15", "00".repeat(32));
    config
        .putObject("akTrust")
        .put("mode", "pinned")
        .putArray("keys")
        .add(Digests.SHA256.of(AttestationKey.of(tpm).spki()).hex());
  }

  @AfterEach
  void stopIt() {
    node.close();
  }

  @Test
  void aConfigThatIsWrongIsNamedWithItsFile() throws Exception {
    config.putObject("measurements").put("4", "00");

    assertEquals(2, verify());

    assertTrue(
        err.toString().startsWith("asterism verify: " + config() + ": measurements[\"4\"]"),
        err.toString());
  }

  @Test
  void acceptsAMember() throws Exception {
    assertEquals(0, verify("--cluster-id", CLUSTER.hex()));

    assertTrue(out.toString().contains("\nACCEPTED   "), out.toString());
    assertEquals("", err.toString());
  }

  @Test
  void refusesAMemberOfAnotherCluster() throws Exception {
    assertEquals(1, verify("--cluster-id", OTHER.hex()));

    String expected = ClusterRegister.extended(Digests.SHA256, Bytes.zeros(32), OTHER).hex();
    String line = out.toString().lines().toList().getLast();
    assertTrue(line.startsWith("REFUSED    PCR 15: expected " + expected.substring(0, 12)), line);
  }

  @Test
  void jsonHasEveryCheckAndTheClaims() throws Exception {
    assertEquals(0, verify("--cluster-id", CLUSTER.hex(), "-o", "json"));

    ObjectNode node = Json.object("line", out.toString().strip());
    assertEquals("accepted", node.get("verdict").stringValue());
    assertTrue(node.get("accepted").booleanValue());
    assertTrue(node.get("checks").size() > 5, out.toString());
    assertEquals("qemu-vtpm", node.get("claims").get("variant").stringValue());
    assertEquals(1, out.toString().lines().count());
  }

  @Test
  void whatWasSavedComesOutTheSame() throws Exception {
    Path saved = temp.resolve("saved");
    String nonce = "5a".repeat(32);
    verify("--cluster-id", CLUSTER.hex(), "--nonce", nonce, "--save", saved.toString());
    out.getBuffer().setLength(0);

    assertEquals(0, run("evidence", "verify", saved.toString()));
    assertEquals(1, run("evidence", "verify", "--nonce", "00", saved.toString()));
    assertEquals(1, run("evidence", "verify", "--config", config(), saved.toString()));
    out.getBuffer().setLength(0);
    assertEquals(
        0,
        run(
            "evidence",
            "verify",
            "--config",
            config(),
            "--cluster-id",
            CLUSTER.hex(),
            "--nonce",
            nonce,
            "--at",
            "2026-01-01T00:00:00Z",
            saved.toString()));
    assertTrue(!out.toString().contains("bundle.ruling"), out.toString());
    assertEquals(0, run("evidence", "show", saved.toString()));
    assertTrue(out.toString().contains("inputs.nonce"), out.toString());
    assertTrue(out.toString().contains("extraData"), out.toString());
    assertTrue(out.toString().contains("PCR 15"), out.toString());
  }

  @Test
  void evidenceThatWasChangedAfterwardsIsRefused() throws Exception {
    Path saved = temp.resolve("saved");
    verify("--cluster-id", CLUSTER.hex(), "--save", saved.toString());
    Path document = saved.resolve("document.json");
    ObjectNode changed = Json.object("document", Bytes.of(Files.readAllBytes(document)));
    Files.writeString(document, Json.line(changed.put("UserData", "AAAA")));

    assertEquals(1, run("evidence", "verify", saved.toString()));
    Files.writeString(document, "garbage");
    assertEquals(1, run("evidence", "verify", saved.toString()));
  }

  @Test
  void neverSavesOverSomething() throws Exception {
    Path saved = Files.createDirectory(temp.resolve("saved"));
    Files.writeString(saved.resolve("mine"), "precious");

    assertEquals(2, verify("--save", saved.toString()));
    assertTrue(err.toString().contains("--save: " + saved + " is not empty"), err.toString());
  }

  @Test
  void aVariantMustBeNamedSomewhere() throws Exception {
    config.remove("variant");
    assertEquals(2, verify());
    assertTrue(err.toString().contains("names no \"variant\""), err.toString());

    assertEquals(0, verify("--cluster-id", CLUSTER.hex(), "--attestation-variant", "qemu-vtpm"));
    assertEquals(2, verify("--attestation-variant", "azure-moon"));
    assertTrue(err.toString().contains("is no attestation variant; there are "), err.toString());
  }

  @Test
  void aNodeThatDoesNotAnswerIsAFailure() throws Exception {
    node.close();

    assertEquals(1, verify("--timeout", "5s"));
    assertTrue(err.toString().contains("does not answer (connection refused)"), err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
  }

  private String config() throws Exception {
    return Files.writeString(temp.resolve("config.json"), Json.line(config)).toString();
  }

  private int verify(String... further) throws Exception {
    var args = new ArrayList<String>();
    args.addAll(List.of("verify", "--node-endpoint", "127.0.0.1:" + port));
    args.addAll(List.of("--config", config()));
    args.addAll(List.of(further));
    return run(args.toArray(String[]::new));
  }

  private int run(String... args) {
    return AsterismCommand.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }
}
