package dev.asterism.kubernetes.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the programs of a control plane are.
 *
 * @param kubernetes a folder with kube-apiserver and kube-controller-manager
 */
public record LocalPrograms(Path etcd, Path kubernetes) {
  /** Names a folder in place of those searched. */
  public static final String VARIABLE = "ASTERISM_KUBERNETES";

  private static final String API_SERVER = "kube-apiserver";
  private static final String CONTROLLER_MANAGER = "kube-controller-manager";

  /** Where {@code src/test/kubernetes/build} keeps what it built. */
  private static final String CACHE = ".cache/asterism/kubernetes";

  /**
   * Finds them: etcd in the path, Kubernetes where {@link #VARIABLE} says, in the cache of built
   * ones (the newest), or in the path.
   *
   * @throws IOException naming what is missing and how to get it
   */
  public static LocalPrograms find(Map<String, String> environment) throws IOException {
    Path etcd = null;
    for (Path folder : path(environment)) {
      if (etcd == null && Files.isExecutable(folder.resolve("etcd"))) {
        etcd = folder.resolve("etcd");
      }
    }
    if (etcd == null) {
      throw new IOException("there is no etcd in PATH: install it (apt-get install etcd-server)");
    }
    for (Path folder : kubernetes(environment)) {
      if (complete(folder)) {
        return new LocalPrograms(etcd, folder);
      }
    }
    throw new IOException(
        "there is no kube-apiserver and kube-controller-manager here: build them with"
            + " src/test/kubernetes/build, or name their folder in "
            + VARIABLE);
  }

  private static boolean complete(Path folder) {
    return Files.isExecutable(folder.resolve(API_SERVER))
        && Files.isExecutable(folder.resolve(CONTROLLER_MANAGER));
  }

  private static List<Path> kubernetes(Map<String, String> environment) throws IOException {
    String named = environment.getOrDefault(VARIABLE, "");
    if (!named.isEmpty()) {
      return List.of(Path.of(named));
    }
    var folders = new ArrayList<Path>();
    Path cache = Path.of(environment.getOrDefault("HOME", "/")).resolve(CACHE);
    if (Files.isDirectory(cache)) {
      try (var versions = Files.list(cache)) {
        folders.addAll(versions.sorted(LocalPrograms::newestFirst).toList());
      }
    }
    folders.addAll(path(environment));
    return folders;
  }

  /** By the numbers of a version: 1.9 is older than 1.10. */
  private static int newestFirst(Path a, Path b) {
    return Runtime.Version.parse(version(b)).compareTo(Runtime.Version.parse(version(a)));
  }

  private static String version(Path folder) {
    String name = String.valueOf(folder.getFileName());
    return name.matches("[1-9][0-9]*(\\.[1-9][0-9]*)*") ? name : "1";
  }

  private static List<Path> path(Map<String, String> environment) {
    var folders = new ArrayList<Path>();
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.isEmpty()) {
        folders.add(Path.of(folder));
      }
    }
    return folders;
  }

  Path apiServer() {
    return kubernetes.resolve(API_SERVER);
  }

  Path controllerManager() {
    return kubernetes.resolve(CONTROLLER_MANAGER);
  }
}
