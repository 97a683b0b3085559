package dev.asterism.attestation.tdx;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.device.TdxGuest;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** Issues documents of {@code qemu-tdx} and {@code tdx}. */
public final class TdxIssuer implements Issuer {
  private final TdxBinding binding;
  private final TdxGuest guest;
  private final Supplier<Optional<Bytes>> eventLog;

  /**
   * An issuer on the machine itself.
   *
   * @param eventLog the CCEL, asked for at each document; empty where there is none, and not asked
   *     for by {@code qemu-tdx}
   */
  public TdxIssuer(TdxBinding binding, TdxGuest guest, Supplier<Optional<Bytes>> eventLog) {
    this.binding = binding;
    this.guest = guest;
    this.eventLog = eventLog;
  }

  @Override
  public Variant variant() {
    return binding.variant();
  }

  @Override
  public Bytes issue(Bytes userData, Bytes nonce) throws IssueException {
    Bytes quote;
    try {
      quote = guest.quote(binding.reportData(userData, nonce));
    } catch (IOException e) {
      throw new IssueException("no quote from the " + guest.description(), e);
    }
    Bytes log = binding == TdxBinding.METAL ? eventLog.get().orElse(null) : null;
    return new TdxDocument(quote, log, userData).write(binding);
  }
}
