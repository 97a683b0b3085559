package dev.asterism.node;

import dev.asterism.wire.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether what a member keeps lies on its encrypted disk, by the kernel's list of mounts ({@code
 * proc_pid_mountinfo(5)}). Keys that lay anywhere else the host could read.
 */
public final class StateMounts {
  private static final int MAX_BYTES = 1024 * 1024;
  private static final Path STATE = Path.of("/run/state");
  private static final String MAPPED = "/dev/mapper/";

  /** What kubeadm and the kubelet write keys and other secrets to. */
  private static final List<Path> KEEPERS =
      List.of(Path.of("/etc/kubernetes"), Path.of("/var/lib/kubelet"), Path.of("/var/lib/etcd"));

  private final Path list;

  /**
   * @param root of the node, with its {@code /proc}
   */
  public StateMounts(Path root) {
    this.list = root.resolve("proc/self/mountinfo");
  }

  /**
   * @param device its number, as two
   * @param source as whoever mounted it called it
   */
  private record Mount(String device, String source) {}

  /**
   * @throws IOException naming what lies elsewhere, and what to do
   */
  public void require() throws IOException {
    Map<Path, Mount> mounts = read();
    Mount state = mounts.get(STATE);
    if (state == null || !state.source().startsWith(MAPPED)) {
      throw new IOException(
          "the state disk is not mounted at /run/state: run 'disk prepare' and mount"
              + " /dev/mapper/state there first (asterism-disk-prepare.service, run-state.mount)");
    }
    for (Path keeper : KEEPERS) {
      if (!holder(mounts, keeper).device().equals(state.device())) {
        throw new IOException(
            keeper
                + " is not on the state disk, so the host could read the keys in it: bind a"
                + " directory of /run/state there first (the .mount units of the node image)");
      }
    }
  }

  private static Mount holder(Map<Path, Mount> mounts, Path path) {
    for (Path at = path; at != null; at = at.getParent()) {
      Mount mount = mounts.get(at);
      if (mount != null) {
        return mount;
      }
    }
    return new Mount("none", "none");
  }

  private Map<Path, Mount> read() throws IOException {
    var mounts = new TreeMap<Path, Mount>();
    String text = new String(AtomicFile.read(list, MAX_BYTES).toArray(), StandardCharsets.UTF_8);
    for (String line : text.lines().toList()) {
      String[] sides = line.split(" - ", 2);
      String[] front = sides[0].split(" ", -1);
      String[] back = sides[sides.length - 1].split(" ", -1);
      if (sides.length != 2 || front.length < 6 || back.length < 3) {
        throw new IOException(list + " has a line that is no mount");
      }
      // Of several at one place the last one is seen. Names with spaces are escaped, and not ours.
      mounts.put(Path.of(front[4]), new Mount(front[2], back[1]));
    }
    return mounts;
  }
}
