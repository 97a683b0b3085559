package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.eventlog.EventLog;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a variant knows that an attestation key is that of the TPM it should be: by the policy's
 * word, a certificate, or a hardware report that names it.
 */
public interface AkBinding {
  /** The checks that {@link #check} and {@link Bound#rest} make. */
  List<CheckId> plan();

  /**
   * Makes the checks of whether the key is bound; {@link Bound} makes the others.
   *
   * @return empty where one failed, or could not be made
   */
  Optional<Bound> check(Checklist checks, Presented presented);

  /**
   * A key that is bound.
   *
   * @param identity what the binding proves about the machine
   * @param rest whether what binds it is good, asked when the quotes are known to be genuine
   */
  record Bound(Map<Identifier, String> identity, Rest rest) {
    public Bound {
      identity = Map.copyOf(identity);
    }

    /** One that leaves nothing to ask. */
    public static Bound by(Map<Identifier, String> identity) {
      return new Bound(identity, (checks, log, at) -> true);
    }
  }

  /** Asks whether what binds a key is good enough. */
  @FunctionalInterface
  interface Rest {
    /**
     * Makes the checks that are left.
     *
     * @param log the firmware's, which is still to be replayed; null where there is none
     * @return whether the evidence is still genuine by what its vendor publishes
     */
    boolean appraise(Checklist checks, @Nullable EventLog log, Instant at);
  }

  /**
   * A key and what came with it.
   *
   * @param area the key's public area; null where only the key is known
   * @param document null where the key came without one
   */
  record Presented(
      PublicKey key,
      @Nullable TpmtPublic area,
      @Nullable VtpmDocument document,
      AkCertificates certificates,
      Challenge challenge) {

    /** The document, for bindings of variants, whose keys always come with one. */
    public VtpmDocument ofDocument() {
      return Objects.requireNonNull(document, "a key without its document");
    }

    /** The same key with other certificates. */
    public Presented with(AkCertificates others) {
      return new Presented(key, area, document, others, challenge);
    }
  }
}
