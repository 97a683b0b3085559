package dev.asterism.mini;

import dev.asterism.attestation.Platform;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.Function;

/**
 * What every change of a mini cluster needs.
 *
 * @param command how this program is started again
 * @param platforms who judges the evidence of a cluster
 * @param progress hears what is done
 */
public record MiniContext(
    RoleCommand command,
    Function<MiniPlan, Platform> platforms,
    Operator operator,
    Progress progress,
    SecureRandom random,
    InstantSource clock) {

  Platform platform(MiniPlan plan) {
    return platforms.apply(plan);
  }

  MiniContext with(Progress other) {
    return new MiniContext(command, platforms, operator, other, random, clock);
  }
}
