package dev.asterism.device;

import java.util.function.Function;

/** State that dies with the process. */
final class MemoryStore implements SoftwareStore {
  private final SoftwareState state;

  MemoryStore(SoftwareState state) {
    this.state = state;
  }

  @Override
  public synchronized <T> T use(Function<SoftwareState, T> use) {
    return use.apply(state);
  }

  @Override
  public String description() {
    return "software TPM in memory";
  }
}
