package dev.asterism.kubernetes.standalone;

import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.TokenHolder;
import dev.asterism.kubernetes.standalone.ObjectStore.Kind;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.node.ObjectNode;

/** The bootstrap tokens of machines, one each; may be killed anywhere and repeated. */
final class StandaloneTokens {
  private static final Logger LOG = System.getLogger(StandaloneTokens.class.getName());

  private final ObjectStore store;
  private final BootstrapTokens tokens;

  StandaloneTokens(ObjectStore store, BootstrapTokens tokens) {
    this.store = store;
    this.tokens = tokens;
  }

  BootstrapToken create(Duration ttl, TokenHolder holder) throws IOException {
    for (int place = 0; place < TokenHolder.PLACES; place++) {
      Optional<BootstrapToken> token = at(holder.tokenId(place), ttl, holder);
      if (token.isPresent()) {
        return token.get();
      }
    }
    throw new IOException("no name is free for a bootstrap token: look at the Secrets");
  }

  /** Empty where another's lies. */
  private Optional<BootstrapToken> at(String id, Duration ttl, TokenHolder holder)
      throws IOException {
    String name = BootstrapTokens.secretName(id);
    BootstrapToken fresh = tokens.create(id, ttl);
    ObjectNode secret = BootstrapTokens.toSecret(fresh, holder);
    Optional<ObjectNode> there = store.get(Kind.SECRETS, name);
    if (there.isEmpty() && store.create(Kind.SECRETS, name, secret)) {
      return Optional.of(created(fresh));
    }
    var result = new AtomicReference<Optional<BootstrapToken>>(Optional.empty());
    store.<IOException>exclusively(() -> {
      Optional<ObjectNode> now = store.get(Kind.SECRETS, name);
      BootstrapTokens.Place place =
          now.isPresent() ? tokens.place(now.get(), holder, ttl) : BootstrapTokens.Place.REPLACE;
      switch (place) {
        case AGAIN -> result.set(Optional.of(token(name, now.orElseThrow())));
        case REPLACE -> {
          store.apply(Kind.SECRETS, name, secret);
          result.set(Optional.of(created(fresh)));
        }
        case TAKEN -> {}
      }
    });
    return result.get();
  }

  private static BootstrapToken token(String name, ObjectNode secret) throws IOException {
    try {
      return BootstrapTokens.fromSecret(secret);
    } catch (MalformedException e) {
      throw new IOException("Secret " + name + ": " + e.getMessage(), e);
    }
  }

  private static BootstrapToken created(BootstrapToken token) {
    LOG.log(
        Level.INFO,
        "standalone Kubernetes: bootstrap token {0} is valid until {1}",
        token.id(),
        token.expires());
    return token;
  }
}
