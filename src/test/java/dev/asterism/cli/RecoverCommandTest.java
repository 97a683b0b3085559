package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.keys.MasterSecret;
import dev.asterism.wire.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RecoverCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path workspace;
  private Path config;

  @BeforeEach
  void prepareTheAdminsFiles() throws Exception {
    config =
        Files.writeString(
            workspace.resolve("config.json"),
            "{\"variant\": \"qemu-vtpm\", \"measurements\": {\"4\": \"" + "00".repeat(32) + "\"}}");
  }

  @Test
  void needsTheMasterSecret() {
    assertEquals(2, recover("--node-endpoint", "127.0.0.1"));
    assertTrue(err.toString().contains("constellation-mastersecret.json"), err.toString());
  }

  @Test
  void needsToKnowWhere() throws Exception {
    writeMasterSecret();
    assertEquals(2, recover());
    assertTrue(err.toString().contains("--node-endpoint"), err.toString());
  }

  @Test
  void saysThatNobodyWaits() throws Exception {
    writeMasterSecret();
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertEquals(1, recover("--node-endpoint", "127.0.0.1:" + port, "--wait", "1ms", "-o", "json"));
    var said = Json.object("line", out.toString().strip());
    assertEquals(0, said.get("recovered").intValue());
    assertEquals("127.0.0.1:" + port, said.at("/endpoints/0/endpoint").stringValue());
  }

  private void writeMasterSecret() throws Exception {
    MasterSecret.generate(new SecureRandom())
        .writeJson(workspace.resolve("constellation-mastersecret.json"));
  }

  private int recover(String... arguments) {
    CommandLine command = AsterismCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    var all =
        new java.util.ArrayList<String>(
            java.util.List.of(
                "recover", "--workspace", workspace.toString(), "--config", config.toString()));
    all.addAll(java.util.List.of(arguments));
    return command.execute(all.toArray(String[]::new));
  }
}
