package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.attestation.tpm.PcrRegister;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.testing.FakeInitNode;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class InitCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final SoftwareTpm tpm = SoftwareTpm.inMemory(new SecureRandom());

  @TempDir Path temp;
  Path config;
  Path secret;
  Path workspace;

  @BeforeEach
  void prepareTheAdminsFiles() throws Exception {
    config =
        Files.writeString(
            temp.resolve("config.json"),
            "{\"variant\": \"qemu-vtpm\", \"measurements\": {\"4\": \"" + "00".repeat(32) + "\"}}");
    secret = Files.writeString(temp.resolve("secret"), "let me in\n");
    workspace = temp.resolve("cluster");
  }

  @Test
  void initialisesAndSaysWhatItWrote() throws Exception {
    try (var node = node()) {
      assertEquals(0, init(node, "-o", "json"));

      ObjectNode said = Json.object("line", out.toString().strip());
      assertEquals(
          FakeInitNode.clusterId(node.requests.getFirst()).hex(),
          said.get("clusterId").stringValue());
      assertTrue(Files.exists(Path.of(said.get("kubeconfig").stringValue())));
      assertTrue(Files.exists(Path.of(said.get("masterSecret").stringValue())));
      assertTrue(Files.exists(Path.of(said.get("state").stringValue())));
      assertEquals("let me in", node.requests.getFirst().getInitSecret().toStringUtf8());
      assertEquals("v1.33.2", node.requests.getFirst().getKubernetesVersion());
      assertTrue(err.toString().contains("has proven itself"), err.toString());
      assertTrue(err.toString().contains("warning: "), "nothing pins the key: " + err);
    }
  }

  @Test
  void endsInOneClearLine() throws Exception {
    try (var node = node()) {
      assertEquals(0, init(node));

      assertEquals("INITIALISED  asterism", out.toString().lines().toList().getLast());
    }
  }

  /** Whatever the config lists for PCR 15: nothing, what the node holds, or that as a warning. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ", \"15\": \"SPENT\"",
        ", \"15\": {\"expected\": \"SPENT\", \"warnOnly\": true}",
      })
  void initialisesNobodyWhoHasJoinedBefore(String listed) throws Exception {
    new PcrRegister(tpm, 15).extend(Bytes.zeros(32));
    String spent = new PcrRegister(tpm, 15).read().hex();
    Files.writeString(
        config,
        "{\"variant\": \"qemu-vtpm\", \"measurements\": {\"4\": \"%s\"%s}}"
            .formatted("00".repeat(32), listed.replace("SPENT", spent)));
    try (var node = node()) {
      assertEquals(1, init(node));

      String line = out.toString().lines().toList().getLast();
      assertTrue(line.startsWith("REFUSED    PCR 15: expected 000000000000…"), line);
      assertEquals(List.of(), node.requests);
      assertFalse(Files.exists(workspace.resolve("asterism-admin.conf")));
    }
  }

  @Test
  void sendsComponentsInTheirOrder() throws Exception {
    Path components =
        Files.writeString(
            temp.resolve("components.json"),
            """
            {"components": [
              {"url": "data:,a", "hash": "sha256:00", "install_path": "/opt/a"},
              {"url": "data:,b", "hash": "sha256:01", "install_path": "/opt/b", "extract": true}]}
            """);
    try (var node = node()) {
      assertEquals(0, init(node, "--components", components.toString()));

      var sent = node.requests.getFirst().getKubernetesComponentsList();
      assertEquals(2, sent.size());
      assertEquals("/opt/a", sent.get(0).getInstallPath());
      assertTrue(sent.get(1).getExtract());
    }
  }

  @Test
  void neverTakesTheSecretFromTheCommandLine() {
    assertEquals(2, run("init", "--init-secret", "let me in"));

    assertTrue(
        err.toString().contains("Unknown option") || err.toString().contains("Missing"), "" + err);
  }

  @Test
  void badInputsAreUsageErrors() throws Exception {
    try (var node = node()) {
      Path nothing = Files.createFile(temp.resolve("nothing"));
      assertEquals(2, init(node, "--init-secret-file", nothing.toString()));
      assertTrue(err.toString().contains(nothing + " is empty"), err.toString());

      assertEquals(2, init(node, "--kubernetes-version", "latest"));
      assertTrue(err.toString().contains("is not a version like v1.33.2"), err.toString());

      assertEquals(2, init(node, "--components", nothing.toString()));
      assertEquals(List.of(), node.requests);
    }
  }

  private FakeInitNode node() throws Exception {
    return new FakeInitNode(
        0, QemuVtpm.issuer(tpm, Optional::empty, List.of()), FakeInitNode::succeed);
  }

  private int init(FakeInitNode node, String... further) {
    var args = new ArrayList<String>();
    args.addAll(List.of("init", "--node-endpoint", "127.0.0.1:" + node.port()));
    args.addAll(List.of("--config", config.toString(), "--workspace", workspace.toString()));
    List<String> others = List.of(further);
    if (!others.contains("--init-secret-file")) {
      args.addAll(List.of("--init-secret-file", secret.toString()));
    }
    if (!others.contains("--kubernetes-version")) {
      args.addAll(List.of("--kubernetes-version", "1.33.2"));
    }
    args.addAll(others);
    return run(args.toArray(String[]::new));
  }

  private int run(String... args) {
    return AsterismCommand.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }
}
