package dev.asterism.node.metadata;

import dev.asterism.node.Metadata;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Metadata as nodes get them, from impatient sources. */
final class Told {
  static final String HASH = "$2a$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

  private Told() {}

  static Metadata by(Provider provider, URI host) {
    return by(provider, host, Duration.ofSeconds(20));
  }

  static Metadata by(Provider provider, URI host, Duration look) {
    return by(
        provider.source(
            host, new Host.Patience(Duration.ofMillis(500), look, Duration.ofMillis(5))));
  }

  static Metadata by(Source source) {
    return new StatedMetadata(new FlagSource(Map.of()), source);
  }
}
