package dev.asterism.admin;

import dev.asterism.proto.init.InitResponse;
import dev.asterism.proto.init.InitSuccess;
import dev.asterism.wire.Bytes;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Reads what a node answers to init: a success, or a failure and its journal. */
final class InitStream {
  private static final int MAX_KUBECONFIG = 1024 * 1024;
  private static final int CLUSTER_ID_LENGTH = 32;
  private static final long MAX_LOG = 64L * 1024 * 1024;

  private final Endpoint endpoint;
  private final Path logFile;
  private @Nullable InitSuccess success;
  private @Nullable String failure;
  private long logged;

  InitStream(Endpoint endpoint, Path logFile) {
    this.endpoint = endpoint;
    this.logFile = logFile;
  }

  /**
   * @param kubeconfig YAML of the cluster's admin: a secret
   */
  record Initialised(Bytes kubeconfig, Bytes clusterId) {}

  /** Reads to the end. */
  Initialised read(Iterator<InitResponse> answers) throws IOException, NodeException {
    try {
      while (answers.hasNext()) {
        take(answers.next());
      }
    } catch (StatusRuntimeException e) {
      // Old nodes end a failure that they explained with a status that is not OK.
      if (failure == null && success == null) {
        throw e;
      }
    }
    if (failure != null) {
      throw new NodeException(
          "the node at " + endpoint + " could not initialise: " + failure + journal());
    }
    if (success == null) {
      throw new NodeException("the node at " + endpoint + " ended without an answer" + journal());
    }
    return checked(success);
  }

  private void take(InitResponse answer) throws IOException, NodeException {
    switch (answer.getKindCase()) {
      case INIT_SUCCESS -> {
        if (success != null || failure != null) {
          throw new NodeException("the node at " + endpoint + " answered twice");
        }
        success = answer.getInitSuccess();
      }
      case INIT_FAILURE -> failure = AlignedText.plain(answer.getInitFailure().getError().strip());
      case LOG -> log(answer.getLog().getLog().toByteArray());
      case KIND_NOT_SET -> {
        // A newer node may have more to say.
      }
    }
  }

  private void log(byte[] chunk) throws IOException {
    logged += chunk.length;
    if (logged > MAX_LOG) {
      throw new IOException("the node sends more than " + MAX_LOG + " bytes of log");
    }
    if (logged == chunk.length) {
      Files.deleteIfExists(logFile);
      Files.createFile(
          logFile,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    try (OutputStream out = Files.newOutputStream(logFile, StandardOpenOption.APPEND)) {
      out.write(chunk);
    }
  }

  private String journal() {
    return logged == 0 ? "" : " (its journal: " + logFile + ")";
  }

  private Initialised checked(InitSuccess answer) throws NodeException {
    if (answer.getClusterId().size() != CLUSTER_ID_LENGTH) {
      throw new NodeException("the node at " + endpoint + " answered with no cluster id");
    }
    if (answer.getKubeconfig().isEmpty() || answer.getKubeconfig().size() > MAX_KUBECONFIG) {
      throw new NodeException("the node at " + endpoint + " answered with no kubeconfig");
    }
    return new Initialised(
        Bytes.of(answer.getKubeconfig().toByteArray()),
        Bytes.of(answer.getClusterId().toByteArray()));
  }
}
