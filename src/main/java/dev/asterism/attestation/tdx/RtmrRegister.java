package dev.asterism.attestation.tdx;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.IssueException;
import dev.asterism.crypto.Digests;
import dev.asterism.device.TdxGuest;
import dev.asterism.wire.Bytes;
import java.io.IOException;

/** RTMR 2 as the cluster-ID register: extended with SHA-384 of the cluster ID. */
public final class RtmrRegister implements ClusterRegister {
  /** RTMR 2 is measurement 3, as the wire contract counts them. */
  private static final int RTMR = 2;

  private static final Digests HASH = Digests.SHA384;

  private final TdxGuest guest;

  public RtmrRegister(TdxGuest guest) {
    this.guest = guest;
  }

  @Override
  public Bytes read() throws IssueException {
    try {
      return guest.rtmr(RTMR);
    } catch (IOException e) {
      throw new IssueException(failed("read"), e);
    }
  }

  @Override
  public void extend(Bytes clusterId) throws IssueException {
    try {
      guest.extend(RTMR, HASH.of(clusterId));
    } catch (IOException e) {
      throw new IssueException(failed("extended"), e);
    }
  }

  @Override
  public Bytes expectedAfter(Bytes clusterId) {
    return ClusterRegister.extended(HASH, Bytes.zeros(HASH.length()), clusterId);
  }

  private String failed(String verb) {
    return "RTMR " + RTMR + " of the " + guest.description() + " cannot be " + verb;
  }
}
