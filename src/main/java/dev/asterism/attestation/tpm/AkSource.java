package dev.asterism.attestation.tpm;

import dev.asterism.device.Tpm2;
import dev.asterism.wire.Bytes;
import java.io.IOException;

/** Where a platform's attestation key is. */
public sealed interface AkSource {
  /** The contract's key in the owner hierarchy, made where it is missing. */
  AkSource OWNER = new Owner();

  /** Loads it. */
  Key load(TpmClient client) throws IOException;

  /**
   * A key that can quote.
   *
   * @param publicArea TPMT_PUBLIC
   * @param temporary whether it is to be flushed afterwards
   */
  record Key(long handle, Bytes publicArea, boolean temporary) {}

  /** See {@link #OWNER}. */
  record Owner() implements AkSource {
    @Override
    public Key load(TpmClient client) throws IOException {
      return new Key(AttestationKey.HANDLE, AttestationKey.ensure(client), false);
    }
  }

  /** One that the cloud put there. */
  record Persistent(long handle) implements AkSource {
    @Override
    public Key load(TpmClient client) throws IOException {
      Bytes area =
          client
              .readPublic(handle)
              .orElseThrow(
                  () -> new IOException("there is no key at 0x" + Long.toHexString(handle)));
      return new Key(handle, area, false);
    }
  }

  /** One of the endorsement hierarchy, made of a template that the cloud put into NV memory. */
  record Templated(long index) implements AkSource {
    @Override
    public Key load(TpmClient client) throws IOException {
      Bytes template =
          client
              .nvRead(index)
              .orElseThrow(
                  () -> new IOException("there is no template in NV 0x" + Long.toHexString(index)));
      TpmClient.Loaded loaded = client.createPrimary(Tpm2.RH_ENDORSEMENT, template);
      return new Key(loaded.handle(), loaded.publicArea(), true);
    }
  }
}
