package dev.asterism.attestation.aws;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.AkTrust;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The key of {@code aws-nitro-tpm}: by {@code akTrust}, by the hypervisor's document, or both. */
final class NitroTpmBinding implements AkBinding {
  private final @Nullable AkTrust trust;
  private final @Nullable NitroRequirement nitro;

  /** One that asks both where both are there; any key that a document names needs no other word. */
  NitroTpmBinding(AkTrust trust, Optional<NitroRequirement> nitro) {
    this.trust = trust instanceof AkTrust.Any && nitro.isPresent() ? null : trust;
    this.nitro = nitro.orElse(null);
  }

  @Override
  public List<CheckId> plan() {
    List<CheckId> plan = new ArrayList<>(trust == null ? List.of() : trust.plan());
    plan.addAll(nitro == null ? List.of() : NitroRequirement.plan());
    return plan;
  }

  @Override
  public Optional<Bound> check(Checklist checks, Presented presented) {
    if (trust != null) {
      Optional<Bound> bound = trust.check(checks, presented);
      if (bound.isEmpty() || nitro == null) {
        return bound;
      }
    }
    return nitro == null ? Optional.empty() : nitro.check(checks, presented).map(Bound::by);
  }
}
