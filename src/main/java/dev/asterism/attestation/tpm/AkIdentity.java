package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.tpm.TpmsAttest.ClockInfo;
import java.security.PublicKey;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a verified quote proves about the machine whose TPM made it. A public area is only as good
 * as what vouches for it: a signature proves the key, and nothing else that stands there.
 */
final class AkIdentity {
  private AkIdentity() {}

  /**
   * @param area null where only the key is known
   * @param bound what the key's binding proves, and goes before what the quote says
   */
  static Map<Identifier, String> of(
      PublicKey key,
      @Nullable TpmtPublic area,
      VerifiedQuote quote,
      Map<Identifier, String> bound) {
    ClockInfo clock = quote.attest().clockInfo();
    Map<Identifier, String> identity = new EnumMap<>(Identifier.class);
    identity.put(Identifier.AK_KEY, SigningKeys.spkiSha256(key).hex());
    identity.put(Identifier.RESET_COUNT, Long.toString(clock.resetCount()));
    identity.put(Identifier.RESTART_COUNT, Long.toString(clock.restartCount()));
    if (area != null
        && area.name().isQualifiedBy(quote.attest().qualifiedSigner(), area.nameAlg())) {
      identity.put(Identifier.AK_NAME, area.name().hex());
    }
    identity.putAll(bound);
    return identity;
  }
}
