package dev.asterism.attestation.qemu;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** A QEMU guest with a vTPM of its host: {@code qemu-vtpm}. */
public final class QemuVtpm implements Platform {
  @Override
  public Variant variant() {
    return Variant.QEMU_VTPM;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    throw new UnsupportedOperationException("soon");
  }

  /**
   * An issuer on the machine itself.
   *
   * @param eventLog the firmware's log, asked for at each document; empty where there is none
   * @param akChain DER certificates: of the attestation key first, then its issuers; may be empty
   */
  public static Issuer issuer(Tpm tpm, Supplier<Optional<Bytes>> eventLog, List<Bytes> akChain) {
    return new Issuer() {
      @Override
      public Variant variant() {
        return Variant.QEMU_VTPM;
      }

      @Override
      public Bytes issue(Bytes userData, Bytes nonce) throws IssueException {
        throw new IssueException("soon " + tpm.description() + eventLog.get() + akChain);
      }
    };
  }
}
