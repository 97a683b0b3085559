package dev.asterism.attestation.tpm;

import dev.asterism.attestation.IssueException;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.security.PublicKey;

/**
 * The attestation key of a TPM, for those who provision it: who pins it, and who certifies it.
 *
 * @param area its public area, as quotes carry it
 */
public record AttestationKey(TpmtPublic area, PublicKey publicKey) {
  /** Where the contract has it persisted on QEMU and AWS. */
  public static final long HANDLE = 0x81008f01L;

  /** TPM_RC_NV_DEFINED. */
  private static final long NV_DEFINED = 0x14c;

  /** Reads the key at {@link #HANDLE}; makes it of the contract's template where there is none. */
  public static AttestationKey of(Tpm tpm) throws IssueException {
    return of(tpm, AkSource.OWNER);
  }

  /** Reads the key that a platform's documents are quoted with. */
  public static AttestationKey of(Tpm tpm, AkSource source) throws IssueException {
    try (TpmClient client = TpmClient.open(tpm)) {
      AkSource.Key key = source.load(client);
      try {
        TpmtPublic area = TpmtPublic.parse(key.publicArea());
        return new AttestationKey(area, area.publicKey());
      } finally {
        if (key.temporary()) {
          client.flushContext(key.handle());
        }
      }
    } catch (IOException e) {
      throw new IssueException("no attestation key from the TPM at " + tpm.description(), e);
    } catch (MalformedException e) {
      throw new IssueException(
          "the TPM at "
              + tpm.description()
              + " holds something else than a signing key as attestation key",
          e);
    }
  }

  /** What {@code akTrust.keys} of a policy may list. */
  public TpmName name() {
    return area.name();
  }

  /** DER SubjectPublicKeyInfo. */
  public Bytes spki() {
    return Bytes.of(publicKey.getEncoded());
  }

  /** The public area of the key at {@link #HANDLE}, which is there afterwards. */
  static Bytes ensure(TpmClient client) throws IOException {
    var present = client.readPublic(HANDLE);
    if (present.isPresent()) {
      return present.get();
    }
    TpmClient.Loaded created = client.createPrimaryAk();
    try {
      client.evictControl(created.handle(), HANDLE);
      return created.publicArea();
    } catch (TpmException e) {
      if (e.responseCode() != NV_DEFINED) {
        throw e;
      }
      // Another process was faster.
      return client.readPublic(HANDLE).orElseThrow(() -> e);
    } finally {
      client.flushContext(created.handle());
    }
  }
}
