package dev.asterism.verifyservice;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.metrics.Readiness;
import dev.asterism.wire.Bytes;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * Asks for evidence until there is some: a service whose hardware does not answer starts, says so,
 * and becomes ready when it does. Later failures do not make it unready, for without requests
 * nothing would show that they ended.
 */
final class StartProbe implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StartProbe.class.getName());
  private static final int NONCE = 32;

  private final Issuer issuer;
  private final Duration pause;
  private final Thread thread;
  private volatile Readiness readiness = Readiness.no("waiting for a first piece of evidence");

  StartProbe(Issuer issuer, Duration pause) {
    this.issuer = issuer;
    this.pause = pause;
    this.thread = Thread.ofVirtual().name("verify-service-probe").start(this::run);
  }

  Readiness readiness() {
    return readiness;
  }

  private void run() {
    byte[] nonce = new byte[NONCE];
    new SecureRandom().nextBytes(nonce);
    try {
      while (!issues(Bytes.of(nonce))) {
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private boolean issues(Bytes nonce) {
    try {
      issuer.issue(Quotes.USER_DATA, nonce);
      readiness = Readiness.yes();
      return true;
    } catch (IssueException | RuntimeException e) {
      LOG.log(Level.WARNING, "no evidence yet, trying again", e);
      readiness = Readiness.no("the attestation device gives no evidence, see the log");
      return false;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    readiness = Readiness.no("stopping");
  }
}
