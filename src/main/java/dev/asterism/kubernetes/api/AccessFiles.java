package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where access to an API server is kept: in a pod's mounted files, or in a kubeconfig. */
public final class AccessFiles {
  /** The mount of every pod with a service account. */
  public static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private static final int MAX_FILE = 1024 * 1024;

  private AccessFiles() {}

  /**
   * A pod's own: the kubelet replaces the token before it expires.
   *
   * @param folder with {@code token} and {@code ca.crt}
   * @param environment the process's
   */
  public static Access.Source inCluster(Path folder, Map<String, String> environment) {
    return () -> {
      String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
      String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
      if (host.isEmpty()) {
        throw new IOException(
            "KUBERNETES_SERVICE_HOST is not set: this is no pod; name a kubeconfig instead");
      }
      String authority = text(folder.resolve("ca.crt"));
      String token = text(folder.resolve("token")).strip();
      String literal = host.contains(":") ? "[" + host + "]" : host;
      return Access.byToken("https://" + literal + ":" + port, authority, token);
    };
  }

  /** One cluster, one user; what it names by file is read too, relative to its own folder. */
  public static Access.Source kubeconfig(Path file) {
    return () -> {
      String config = text(file);
      try {
        return read(file, config);
      } catch (MalformedException e) {
        throw new IOException(file + ": " + e.getMessage(), e);
      }
    };
  }

  private static Access read(Path file, String config) throws IOException, MalformedException {
    String server = "https://" + Kubeconfig.server("kubeconfig", config);
    String authority = embeddedOrFile(file, config, "certificate-authority").orElse("");
    Optional<String> token = Kubeconfig.value("kubeconfig", config, "token");
    Optional<String> tokenFile = Kubeconfig.value("kubeconfig", config, "tokenFile");
    if (tokenFile.isPresent()) {
      token = Optional.of(text(beside(file, "tokenFile", tokenFile.get())).strip());
    }
    Optional<String> certificate = embeddedOrFile(file, config, "client-certificate");
    Optional<String> key = embeddedOrFile(file, config, "client-key");
    if (certificate.isPresent() != key.isPresent() || token.isPresent() == key.isPresent()) {
      throw new MalformedException(
          "user", "needs either a token, or a client certificate and its key");
    }
    return new Access(
        server, authority, token, certificate.map(c -> new Access.Identity(c, key.orElseThrow())));
  }

  private static Optional<String> embeddedOrFile(Path file, String config, String member)
      throws IOException, MalformedException {
    Optional<String> embedded = Kubeconfig.value("kubeconfig", config, member + "-data");
    if (embedded.isPresent()) {
      Bytes pem = Bytes.ofBase64(member + "-data", embedded.get());
      return Optional.of(new String(pem.toArray(), StandardCharsets.UTF_8));
    }
    Optional<String> path = Kubeconfig.value("kubeconfig", config, member);
    return path.isPresent()
        ? Optional.of(text(beside(file, member, path.get())))
        : Optional.empty();
  }

  private static Path beside(Path file, String member, String name) throws MalformedException {
    try {
      return file.resolveSibling(name);
    } catch (InvalidPathException e) {
      throw new MalformedException(member, "is no path");
    }
  }

  private static String text(Path file) throws IOException {
    try {
      return new String(AtomicFile.read(file, MAX_FILE).toArray(), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new IOException(file + " does not exist", e);
    }
  }
}
