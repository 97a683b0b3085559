package dev.asterism.mini;

import dev.asterism.attestation.Platform;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * What every change of a mini cluster needs.
 *
 * @param command how this program is started again
 * @param progress hears what is done
 */
public record MiniContext(
    RoleCommand command,
    Platform platform,
    Operator operator,
    Progress progress,
    SecureRandom random,
    InstantSource clock) {

  MiniContext with(Progress other) {
    return new MiniContext(command, platform, operator, other, random, clock);
  }
}
