package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.audit.AuditLog;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.TlsIdentity;
import dev.asterism.disk.luks.Cryptsetup;
import dev.asterism.disk.luks.LuksDevice;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keyservice.Callers;
import dev.asterism.keyservice.KeyServiceRole;
import dev.asterism.rpc.MutualTls;
import dev.asterism.testing.TestAuthority;
import dev.asterism.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As a storage driver calls it: a real key-service by mutual TLS, libcryptsetup, a file. */
class VolumeCommandTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.now());

  private final TestAuthority authority = new TestAuthority(CLOCK.instant());
  @TempDir Path folder;
  private KeyServiceRole keys;
  private Path device;

  private record Outcome(int code, String out, String err) {}

  @BeforeEach
  void start() throws Exception {
    try {
      Cryptsetup.load();
    } catch (IOException e) {
      abort(e.getMessage());
    }
    device = folder.resolve("volume");
    LuksDevice.createFile(device);
    keys = keyService(ANY);
    TestAuthority.write(folder, authority.identity("csi", Usage.CLIENT));
  }

  private KeyServiceRole keyService(InetSocketAddress address) throws Exception {
    TlsIdentity identity = authority.identity("key-service", Usage.SERVER);
    return new KeyServiceRole(
        address,
        ANY,
        new MutualTls(() -> identity, CLOCK),
        Callers.named(Callers.JOIN_SERVICE, List.of("csi=pvc-")),
        new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.of(new byte[32])),
        AuditLog.to(new ByteArrayOutputStream(), CLOCK));
  }

  @AfterEach
  void stop() {
    keys.close();
  }

  private Outcome volume(String verb, String... more) {
    List<String> args = new ArrayList<>(List.of("volume", verb, "--device=" + device));
    args.addAll(List.of("--integrity=absent"));
    args.addAll(List.of(more));
    var out = new StringWriter();
    var err = new StringWriter();
    int code =
        AsterismCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args.toArray(String[]::new));
    return new Outcome(code, out.toString(), err.toString());
  }

  private Outcome keyed(String verb, String host, String id, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--id=" + id,
                "--key-service-endpoint=" + host + ":" + keys.port(),
                "--key-service-ca=" + folder.resolve("ca.crt"),
                "--key-service-cert=" + folder.resolve("tls.crt"),
                "--key-service-key=" + folder.resolve("tls.key")));
    args.addAll(List.of(more));
    return volume(verb, args.toArray(String[]::new));
  }

  private static void assertFails(Outcome outcome, String... words) {
    assertEquals(ExitCode.FAILURE, outcome.code(), outcome.err());
    for (String part : words) {
      assertTrue(outcome.err().contains(part), outcome.err());
    }
    assertEquals(1, outcome.err().lines().filter(line -> line.contains("asterism")).count());
  }

  @Test
  void theSameIdIsTheSameKeyAndAnotherIsNot() {
    Outcome formatted = keyed("format", "127.0.0.1", "pvc-1");
    assertEquals(ExitCode.SUCCESS, formatted.code(), formatted.err());
    assertTrue(formatted.out().startsWith("formatted " + device + ", UUID "), formatted.out());

    assertFails(
        keyed("open", "127.0.0.1", "pvc-2", "--mapping=v"), "is it the id of another volume?");
    assumeTrue(
        !Files.exists(Path.of("/sys/class/misc/device-mapper")), "this machine maps devices");
    assertFails(keyed("open", "127.0.0.1", "pvc-1", "--mapping=v"), "libcryptsetup cannot open v");
  }

  @Test
  void anIdThatIsNotAllowedIsRefusedByTheKeyServiceAndNothingIsWritten() throws Exception {
    assertFails(
        keyed("format", "127.0.0.1", "backup-1"),
        "no key 'backup-1': key-service 127.0.0.1:" + keys.port() + " refuses (PERMISSION_DENIED)");
    assertTrue(Bytes.of(Files.readAllBytes(device)).isAllZero());
  }

  @Test
  void aHostThatTheCertificateDoesNotNameIsNamed() throws Exception {
    keys.close();
    keys = keyService(new InetSocketAddress("127.0.0.2", 0));
    assertFails(
        keyed("format", "127.0.0.2", "pvc-1"),
        "no TLS with key-service 127.0.0.2:" + keys.port(),
        "the server's certificate does not name 127.0.0.2 as an alternative name");
  }

  @Test
  void aKeyServiceThatIsNotThereIsNamedWithItsAddress() {
    int port = keys.port();
    keys.close();
    Outcome outcome =
        volume(
            "format",
            "--id=pvc-1",
            "--key-service-endpoint=127.0.0.1:" + port,
            "--key-service-plain");
    assertFails(
        outcome, "key-service 127.0.0.1:" + port + " does not answer", "Connection refused");
  }

  @Test
  void whoSaysNothingOfTlsIsToldBothWays() {
    Outcome outcome = volume("format", "--id=pvc-1");
    assertEquals(ExitCode.USAGE, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("--key-service-cert"), outcome.err());
    assertTrue(outcome.err().contains("--key-service-plain"), outcome.err());
  }
}
