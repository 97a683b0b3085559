package dev.asterism.attestation.tpm;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a platform says of the machine beside the quotes, which cover it. */
@FunctionalInterface
public interface InstanceInfoSource {
  /**
   * Finds out.
   *
   * @param client of the TPM that will quote
   * @param ak its key, TPMT_PUBLIC
   * @param extra {@code SHA-256(userData ‖ nonce)}
   */
  Described describe(TpmClient client, Bytes ak, Bytes extra)
      throws IOException, MalformedException;

  /**
   * What goes into the document.
   *
   * @param instanceInfo null: none
   * @param akChain DER: the key's certificate first, then its issuers; may be empty
   */
  record Described(@Nullable Bytes instanceInfo, List<Bytes> akChain) {
    public Described {
      akChain = List.copyOf(akChain);
    }
  }
}
