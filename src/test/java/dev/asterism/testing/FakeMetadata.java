package dev.asterism.testing;

import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Metadata that a test changes while the node runs. */
public final class FakeMetadata implements Metadata {
  private volatile Instance self;
  private volatile List<String> joinEndpoints = List.of();
  private volatile Optional<String> initSecretHash = Optional.empty();
  private volatile boolean down;

  public FakeMetadata(Role role) {
    self = new Instance("node-1", "fake:///1", role, "10.42.1.1");
  }

  public void joinThrough(String... endpoints) {
    joinEndpoints = List.of(endpoints);
  }

  public void initSecretHash(String hash) {
    initSecretHash = Optional.of(hash);
  }

  public void ip(String ip) {
    self = new Instance(self.name(), self.providerId(), self.role(), ip);
  }

  public void down(boolean isDown) {
    down = isDown;
  }

  @Override
  public Instance self() throws IOException {
    requireUp();
    return self;
  }

  @Override
  public List<String> joinEndpoints() throws IOException {
    requireUp();
    return joinEndpoints;
  }

  @Override
  public String apiServerEndpoint() throws IOException {
    requireUp();
    return "10.42.0.1:6443";
  }

  @Override
  public Optional<String> initSecretHash() throws IOException {
    requireUp();
    return initSecretHash;
  }

  private void requireUp() throws IOException {
    if (down) {
      throw new IOException("the metadata service does not answer");
    }
  }
}
