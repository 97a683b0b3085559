package dev.asterism.bootstrap;

import static java.util.stream.Collectors.joining;

import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.Outcome;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Tells the log what this node thinks of join-services, each thing once in a row. */
final class JoinServiceLog implements PeerVerification.Listener {
  private static final Logger LOG = System.getLogger(JoinServiceLog.class.getName());

  private final AtomicReference<String> last = new AtomicReference<>("");

  @Override
  public void appraised(String peerAddress, Appraisal appraisal, long generation) {
    if (appraisal.accepted()) {
      String warnings = describe(appraisal, Outcome.WARNING);
      say(
          warnings.isEmpty() ? Level.INFO : Level.WARNING,
          "join-service "
              + peerAddress
              + " has proved itself"
              + (warnings.isEmpty() ? "" : ", but: " + warnings));
    } else {
      say(
          Level.WARNING,
          "join-service %s is %s: %s"
              .formatted(
                  peerAddress,
                  appraisal.verdict().id(),
                  describe(appraisal, Outcome.FAILED, Outcome.UNAVAILABLE)));
    }
  }

  @Override
  public void rejected(String peerAddress, String reason) {
    say(Level.WARNING, "join-service " + peerAddress + " is refused: " + reason);
  }

  private static String describe(Appraisal appraisal, Outcome... outcomes) {
    return Stream.of(outcomes)
        .flatMap(outcome -> appraisal.with(outcome).stream())
        .map(Check::describe)
        .collect(joining("; "));
  }

  private void say(Level level, String line) {
    // A node may wait for days.
    LOG.log(line.equals(last.getAndSet(line)) ? Level.DEBUG : level, line);
  }
}
