package dev.asterism.testing;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.IssueException;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;

/** A cluster-ID register in memory, as PCR 15's SHA-256 bank has it. */
public final class FakeRegister implements ClusterRegister {
  private Bytes value = Bytes.zeros(32);
  private int extensions;
  private boolean broken;
  private boolean deaf;

  @Override
  public synchronized Bytes read() throws IssueException {
    if (broken) {
      throw new IssueException("the register does not answer");
    }
    return value;
  }

  @Override
  public synchronized void extend(Bytes clusterId) throws IssueException {
    if (broken) {
      throw new IssueException("the register does not answer");
    }
    extensions++;
    if (!deaf) {
      value = ClusterRegister.extended(Digests.SHA256, value, clusterId);
    }
  }

  @Override
  public Bytes expectedAfter(Bytes clusterId) {
    return ClusterRegister.extended(Digests.SHA256, Bytes.zeros(32), clusterId);
  }

  /** How often it was extended since the last reset. */
  public synchronized int extensions() {
    return extensions;
  }

  /** What a reboot does. */
  public synchronized void reset() {
    value = Bytes.zeros(32);
    extensions = 0;
  }

  /** From now on it fails. */
  public synchronized void breakDown() {
    broken = true;
  }

  /** From now on it takes extensions and forgets them. */
  public synchronized void ignoreExtensions() {
    deaf = true;
  }
}
