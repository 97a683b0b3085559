package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neither service speaks plain gRPC because somebody forgot a flag. */
class PlainByFlagTest {
  private static final String KEY_SERVICE = "key-service --monitoring=127.0.0.1:0";
  private static final String JOIN_SERVICE =
      "join-service --standalone --monitoring=127.0.0.1:0 --listen=127.0.0.1:0";

  private record Refusal(int code, String message) {}

  private static Refusal run(String... words) {
    var err = new StringWriter();
    String[] args =
        Stream.of(words).flatMap(part -> Stream.of(part.split(" "))).toArray(String[]::new);
    int code =
        AsterismCommand.commandLine()
            .setErr(new PrintWriter(err, true))
            .execute(GoFlags.modernize(args));
    return new Refusal(code, err.toString());
  }

  private static void assertRefused(String role, String flags, String... says) {
    Refusal refusal = run(role, flags.isEmpty() ? "-v=0" : flags);
    assertEquals(ExitCode.USAGE, refusal.code(), refusal.message());
    for (String part : says) {
      assertTrue(refusal.message().contains(part), refusal.message());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--port=9000 -master-secret /m --salt /s -v=0"})
  void theKeyServiceNamesBothWaysToStart(String oldFlags) {
    assertRefused(
        KEY_SERVICE,
        oldFlags,
        "--tls-cert",
        "--tls-key",
        "--tls-client-ca",
        "mutual TLS",
        "--plain");
  }

  @Test
  void theJoinServiceNamesBothWaysToStart() {
    assertRefused(
        JOIN_SERVICE,
        "",
        "--key-service-ca",
        "--key-service-cert",
        "--key-service-key",
        "--key-service-plain");
  }

  @Test
  void someOfTheFilesAreNotEnough() {
    for (String flags :
        List.of("--tls-cert=/c", "--tls-cert=/c --tls-key=/k", "--tls-client-ca=/a")) {
      assertRefused(KEY_SERVICE, flags, "belong together");
    }
  }

  @Test
  void bothWaysAtOnceContradictEachOther() {
    assertRefused(KEY_SERVICE, "--plain --tls-cert=/c", "--plain", "contradicts");
    assertRefused(
        JOIN_SERVICE,
        "--key-service-plain --key-service-ca=/a",
        "--key-service-plain",
        "contradicts");
  }

  @Test
  void aConfigThatIsNotThereIsNamedWithItsFlag(@TempDir Path folder) {
    assertRefused(
        JOIN_SERVICE,
        "--key-service-plain --config=/none --audit=" + folder.resolve("audit.jsonl"),
        "--config: /none/attestationConfig",
        "does not exist");
  }

  @Test
  void grantsNeedNames() {
    assertRefused(KEY_SERVICE, "--plain --allow=a=b", "--allow", "nobody has a name");
  }
}
