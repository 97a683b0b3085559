package dev.asterism.testing;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.wire.Bytes;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An issuer whose documents are the user data, a bar and the nonce. It can fail, and it can be held
 * up: then each document needs a permit.
 */
public final class FakeIssuer implements Issuer {
  private final AtomicInteger issued = new AtomicInteger();
  private final Semaphore permits = new Semaphore(0);
  private volatile boolean heldUp;
  private volatile String failure;

  @Override
  public Variant variant() {
    return Variant.QEMU_VTPM;
  }

  @Override
  public Bytes issue(Bytes userData, Bytes nonce) throws IssueException {
    issued.incrementAndGet();
    if (heldUp) {
      permits.acquireUninterruptibly();
    }
    if (failure != null) {
      throw new IssueException(failure);
    }
    return document(userData, nonce);
  }

  public static Bytes document(Bytes userData, Bytes nonce) {
    return Bytes.concat(userData, Bytes.ofUtf8("|"), nonce);
  }

  /** How often it was asked. */
  public int asked() {
    return issued.get();
  }

  public void holdUp() {
    heldUp = true;
  }

  public void release(int documents) {
    permits.release(documents);
  }

  /** From now on it fails with this message; null: no more. */
  public void fail(String message) {
    failure = message;
  }
}
