package dev.asterism.bench;

import dev.asterism.attestation.Issuer;
import dev.asterism.cli.RoleLogs;
import dev.asterism.config.JoinConfig;
import dev.asterism.crypto.FastCrypto;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@link JoinDoor} in a process of its own, as roles run: nothing that nodes and strangers do on
 * their side is its work, or fills its heap.
 */
final class DoorProcess implements AutoCloseable {
  private static final String NODES = "nodes.json";
  private static final String SERVICE = "service.json";

  private final Process process;
  private final int port;
  private final @Nullable JoinConfig service;

  /**
   * @param folder for the control plane's files and the audit log
   * @param objects for the cluster's objects
   * @param nodes how it judges them
   * @param attests whether it proves to nodes what it is, by a software TPM of its own
   */
  DoorProcess(Path folder, Path objects, ObjectNode nodes, boolean attests) throws Exception {
    Files.writeString(folder.resolve(NODES), Json.line(nodes));
    process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "@packaging/jvm.options",
                "-cp",
                System.getProperty("java.class.path"),
                DoorProcess.class.getName(),
                folder.toString(),
                objects.toString(),
                Boolean.toString(attests))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the join-service did not start");
    }
    port = Integer.parseInt(line);
    service = attests ? read(folder.resolve(SERVICE)) : null;
  }

  int port() {
    return port;
  }

  /** How nodes judge it; null where it does not attest. */
  @Nullable JoinConfig service() {
    return service;
  }

  private static JoinConfig read(Path file) throws IOException, MalformedException {
    return JoinDoor.config(Bytes.of(Files.readAllBytes(file)));
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** Says at which port it is, and serves until it is told to end. */
  public static void main(String[] words) throws Exception {
    Path folder = Path.of(words[0]);
    boolean attests = Boolean.parseBoolean(words[2]);
    RoleLogs.start();
    FastCrypto.install();
    var door =
        new JoinDoor(
            folder,
            Path.of(words[1]),
            read(folder.resolve(NODES)),
            attests ? PeerLimits.DEFAULT : PeerLimits.WITHOUT_EVIDENCE,
            attests ? member(folder) : null);
    System.out.println(door.port());
    System.out.flush();
    Thread.sleep(Long.MAX_VALUE);
  }

  private static Issuer member(Path folder) throws Exception {
    var machines = new Machines();
    Machines.Machine machine = machines.boot();
    machine.join(Bytes.zeros(32));
    Files.writeString(folder.resolve(SERVICE), Json.line(machines.attestationConfig()));
    return machine.issuer();
  }
}
