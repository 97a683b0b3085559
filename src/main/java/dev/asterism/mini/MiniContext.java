package dev.asterism.mini;

import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Variant;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.Function;

/**
 * What every change of a mini cluster needs.
 *
 * @param command how this program is started again
 * @param platforms who judges evidence of a variant
 * @param progress hears what is done
 */
public record MiniContext(
    RoleCommand command,
    Function<Variant, Platform> platforms,
    Operator operator,
    Progress progress,
    SecureRandom random,
    InstantSource clock) {

  Platform platform(MiniPlan plan) {
    return platforms.apply(plan.platform().variant());
  }

  MiniContext with(Progress other) {
    return new MiniContext(command, platforms, operator, other, random, clock);
  }
}
