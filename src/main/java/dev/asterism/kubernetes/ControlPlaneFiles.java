package dev.asterism.kubernetes;

import dev.asterism.kubernetes.ClusterAccess.ControlPlaneFile;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** The eight files that all control planes of a cluster share (wire contract, section 7). */
public final class ControlPlaneFiles {
  /** Relative to {@code /etc/kubernetes/pki}, in the order of a ticket. */
  public static final List<String> NAMES =
      List.of(
          "ca.key",
          "sa.key",
          "front-proxy-ca.key",
          "etcd/ca.key",
          "ca.crt",
          "sa.pub",
          "front-proxy-ca.crt",
          "etcd/ca.crt");

  private static final int MAX_FILE = 64 * 1024;

  private ControlPlaneFiles() {}

  /**
   * @param pki {@code /etc/kubernetes/pki}
   */
  public static List<ControlPlaneFile> read(Path pki) throws IOException {
    var files = new ArrayList<ControlPlaneFile>();
    for (String name : NAMES) {
      files.add(new ControlPlaneFile(name, read(pki, name)));
    }
    return List.copyOf(files);
  }

  /** One of the files. */
  public static Bytes read(Path pki, String name) throws IOException {
    Path file = pki.resolve(name);
    try {
      return AtomicFile.read(file, MAX_FILE);
    } catch (NoSuchFileException e) {
      throw new IOException(file + " does not exist: is this node a control plane yet?", e);
    }
  }

  /**
   * The file of that name out of a ticket.
   *
   * @throws MalformedException unless the list holds each of the eight once and nothing else, so
   *     that a ticket can never name another place
   */
  public static Bytes content(List<ControlPlaneFile> files, String name) throws MalformedException {
    var names = new HashSet<String>();
    for (ControlPlaneFile file : files) {
      if (!NAMES.contains(file.name()) || !names.add(file.name())) {
        throw new MalformedException(
            "control_plane_files", "names a file that is not one of the eight, or one twice");
      }
    }
    return files.stream()
        .filter(f -> f.name().equals(name) && names.size() == NAMES.size())
        .findAny()
        .orElseThrow(() -> new MalformedException("control_plane_files", "is not complete"))
        .content();
  }

  /** Writes them, keys readable by the owner alone; may be killed and repeated. */
  public static void write(Path pki, List<ControlPlaneFile> files)
      throws IOException, MalformedException {
    for (String name : NAMES) {
      var mode = name.endsWith(".key") ? AtomicFile.PRIVATE : AtomicFile.PUBLIC;
      AtomicFile.write(pki.resolve(name), content(files, name), mode);
    }
  }
}
