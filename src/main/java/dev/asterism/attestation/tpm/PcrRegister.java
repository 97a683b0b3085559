package dev.asterism.attestation.tpm;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.IssueException;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.Set;

/** A PCR as the cluster-ID register: its value in the SHA-256 bank, extended by TPM2_PCR_Event. */
public final class PcrRegister implements ClusterRegister {
  private static final Digests BANK = Digests.SHA256;

  private final Tpm tpm;
  private final int pcr;

  /**
   * @param pcr 15, as the wire contract has it
   */
  public PcrRegister(Tpm tpm, int pcr) {
    this.tpm = tpm;
    this.pcr = pcr;
  }

  @Override
  public Bytes read() throws IssueException {
    try (TpmClient client = TpmClient.open(tpm)) {
      // It answers with what it was asked for, or throws.
      return client.pcrRead(BANK, Set.of(pcr)).sequencedValues().getFirst();
    } catch (IOException e) {
      throw new IssueException(failed("read"), e);
    }
  }

  @Override
  public void extend(Bytes clusterId) throws IssueException {
    try (TpmClient client = TpmClient.open(tpm)) {
      client.pcrEvent(pcr, clusterId);
    } catch (IOException e) {
      throw new IssueException(failed("extended"), e);
    }
  }

  @Override
  public Bytes expectedAfter(Bytes clusterId) {
    return ClusterRegister.extended(BANK, Bytes.zeros(BANK.length()), clusterId);
  }

  private String failed(String verb) {
    return "PCR " + pcr + " of the TPM at " + tpm.description() + " cannot be " + verb;
  }
}
