package dev.asterism.bootstrap;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.IssueException;
import dev.asterism.disk.LockedDisk;
import dev.asterism.disk.StateDiskDevice;
import dev.asterism.disk.UnlockKeys;
import dev.asterism.keys.ClusterId;
import dev.asterism.node.NodeStateFile.NodeState;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.Optional;

/**
 * What a boot does before anything of the state disk is used: formats a new one; finds the key of a
 * member's, opens it, and measures the cluster again.
 */
public final class DiskPreparation {
  private static final System.Logger LOG = System.getLogger(DiskPreparation.class.getName());

  private final StateDiskDevice device;
  private final ClusterRegister register;
  private final KeyFinder keys;
  private final StateReader nodeState;

  /**
   * @param keys asked for a member's disk only
   * @param nodeState read once the disk is open
   */
  public DiskPreparation(
      StateDiskDevice device, ClusterRegister register, KeyFinder keys, StateReader nodeState) {
    this.device = device;
    this.register = register;
    this.keys = keys;
    this.nodeState = nodeState;
  }

  /** Finds the keys of a locked disk, as {@link dev.asterism.disk.Unlock} does. */
  public interface KeyFinder {
    UnlockKeys find(LockedDisk disk)
        throws IOException, MalformedException, IssueException, InterruptedException;
  }

  /** Reads the node state from the open disk. */
  public interface StateReader {
    Optional<NodeState> read() throws IOException;
  }

  /** How it ended. */
  public enum Outcome {
    /** New, formatted and open. */
    FORMATTED,
    /** A member's, open; its cluster is measured. */
    UNLOCKED
  }

  /**
   * Waits for a key as long as it takes; an interrupt stops it.
   *
   * @throws IOException if the disk cannot be used, or is no member's: the node must be looked at
   * @throws MalformedException if what says how to find keys cannot be read
   * @throws IssueException if the cluster register cannot be used
   */
  public Outcome run()
      throws IOException, MalformedException, IssueException, InterruptedException {
    // Otherwise something ran that was a member before: no key may come here any more.
    if (!register.read().isAllZero()) {
      throw new IssueException(
          "the cluster register is not zero, so this boot has been a member of a cluster already:"
              + " reboot");
    }
    return switch (device.state()) {
      case NEW -> {
        device.format(new WipeProgress(DiskPreparation::report));
        yield Outcome.FORMATTED;
      }
      case LOCKED -> {
        LOG.log(
            System.Logger.Level.INFO,
            "state disk {0}: of a member, waiting for its key",
            device.locked().uuid());
        unlock();
        yield Outcome.UNLOCKED;
      }
    };
  }

  /** Nothing may use the data of a node whose cluster is not measured. */
  private void unlock()
      throws IOException, MalformedException, IssueException, InterruptedException {
    try (UnlockKeys found = keys.find(device.locked())) {
      device.unlock(found.diskKey());
      try {
        measure(found);
      } catch (IOException | IssueException | RuntimeException e) {
        device.lock();
        throw e;
      }
    }
  }

  private void measure(UnlockKeys found) throws IOException, IssueException {
    NodeState state =
        nodeState
            .read()
            .orElseThrow(() ->
                new IOException(
                    "the state disk is open, and holds no node state: it is no member's; delete the"
                        + " machine and its disk, and make a new one"));
    Bytes clusterId = ClusterId.derive(found.measurementSecret(), state.measurementSalt());
    register.extend(clusterId);
    if (!register.read().equals(register.expectedAfter(clusterId))) {
      throw new IssueException("the cluster register does not hold what it was extended with");
    }
    LOG.log(System.Logger.Level.INFO, "cluster {0}: measured again", clusterId.hex());
  }

  private static void report(int percent) {
    LOG.log(System.Logger.Level.INFO, "wiping the state disk: {0} %", String.valueOf(percent));
  }
}
