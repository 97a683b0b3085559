package dev.asterism.admin;

import dev.asterism.keys.MasterSecret;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The admin's folder for one cluster. What cannot be made again is never overwritten: the master
 * secret opens every disk of the cluster.
 *
 * @param folder is made where it is missing
 */
public record Workspace(Path folder) {
  private static final int MAX_STATE_BYTES = 1024 * 1024;

  /** The master secret, mode 0600; the name that old tools know. */
  public Path masterSecretFile() {
    return folder.resolve("constellation-mastersecret.json");
  }

  /** The admin's kubeconfig, mode 0600. */
  public Path kubeconfigFile() {
    return folder.resolve("asterism-admin.conf");
  }

  /** What {@link ClusterState} holds. */
  public Path stateFile() {
    return folder.resolve("asterism-state.json");
  }

  /** The journal of a node that could not initialise, mode 0600. */
  public Path nodeLogFile() {
    return folder.resolve("asterism-init.log");
  }

  /** The state, empty before the first attempt to initialise. */
  public Optional<ClusterState> state() throws IOException, MalformedException {
    if (!Files.exists(stateFile(), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    Bytes content = AtomicFile.read(stateFile(), MAX_STATE_BYTES);
    return Optional.of(ClusterState.parse(stateFile().toString(), content));
  }

  void write(ClusterState state) throws IOException {
    AtomicFile.write(stateFile(), state.text(), AtomicFile.PUBLIC);
  }

  /** The master secret that is there, or a new one, written before anybody uses it. */
  MasterSecret masterSecret(SecureRandom random) throws IOException, MalformedException {
    if (Files.exists(masterSecretFile(), LinkOption.NOFOLLOW_LINKS)) {
      return MasterSecret.fromJson(masterSecretFile());
    }
    Files.createDirectories(folder);
    MasterSecret secret = MasterSecret.generate(random);
    secret.writeJson(masterSecretFile());
    return secret;
  }

  /**
   * Refuses a folder that belongs to a cluster already.
   *
   * @throws NodeException naming what is in the way
   */
  void requireUninitialised() throws IOException, MalformedException, NodeException {
    Optional<ClusterState> state = state();
    if (state.isPresent() && state.get().clusterId() != null) {
      throw new NodeException(
          stateFile() + " is of a cluster that exists: name a new folder with --workspace");
    }
    if (Files.exists(kubeconfigFile(), LinkOption.NOFOLLOW_LINKS)) {
      throw new NodeException(
          kubeconfigFile() + " exists: move it away, or name a new folder with --workspace");
    }
  }
}
