package dev.asterism.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** systemd and its journal, through their command line tools. */
public final class SystemdServices implements NodeServices {
  private static final System.Logger LOG = System.getLogger(SystemdServices.class.getName());

  private final Path systemctl;
  private final Path journalctl;
  private final Duration deadline;

  /**
   * @param deadline of each command
   */
  public SystemdServices(Path systemctl, Path journalctl, Duration deadline) {
    this.systemctl = systemctl;
    this.journalctl = journalctl;
    this.deadline = deadline;
  }

  /** The tools of the node image. */
  public SystemdServices() {
    this(Path.of("/usr/bin/systemctl"), Path.of("/usr/bin/journalctl"), Duration.ofSeconds(60));
  }

  @Override
  public void startKubelet() throws IOException {
    LOG.log(System.Logger.Level.INFO, "systemd: starting kubelet.service");
    new Command(List.of(systemctl.toString(), "start", "kubelet.service"), deadline).run();
  }

  @Override
  public void reboot(String reason) throws IOException {
    LOG.log(System.Logger.Level.WARNING, "systemd: rebooting: {0}", reason);
    new Command(List.of(systemctl.toString(), "reboot", "--message=" + reason), deadline).run();
  }

  @Override
  public Stream<String> journal() throws IOException {
    return new Command(
            List.of(journalctl.toString(), "--boot", "--no-pager", "--quiet", "--output=short-iso"),
            deadline)
        .lines();
  }
}
