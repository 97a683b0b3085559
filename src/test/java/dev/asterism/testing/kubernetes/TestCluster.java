package dev.asterism.testing.kubernetes;

import dev.asterism.kubernetes.api.Access;
import dev.asterism.kubernetes.api.ApiCluster;
import dev.asterism.kubernetes.api.ApiServer;
import java.security.SecureRandom;
import java.time.InstantSource;

/** What a join-service on a {@link TestControlPlane} has, with a connection of its own. */
public final class TestCluster implements AutoCloseable {
  public final ApiServer server;
  public final ApiCluster cluster;

  public TestCluster(TestControlPlane plane, Access.Source access) {
    server = new ApiServer(access);
    cluster =
        new ApiCluster(
            server,
            plane.folder(),
            plane.clusterConfiguration(),
            InstantSource.system(),
            new SecureRandom());
  }

  @Override
  public void close() {
    server.close();
  }
}
