package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.IssueException;
import dev.asterism.bootstrap.DiskPreparation.Outcome;
import dev.asterism.crypto.Secret;
import dev.asterism.disk.LockedDisk;
import dev.asterism.disk.StateDiskDevice;
import dev.asterism.disk.UnlockKeys;
import dev.asterism.keys.ClusterId;
import dev.asterism.node.NodeStateFile.NodeState;
import dev.asterism.node.Role;
import dev.asterism.testing.FakeRegister;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.junit.jupiter.api.Test;

class DiskPreparationTest {
  private static final Bytes SALT = Bytes.ofUtf8("the measurement salt, 32 bytes..");
  private static final Bytes KEY = Bytes.ofUtf8("the key of the disk, of 32 bytes");
  private static final Bytes MEASUREMENT = Bytes.ofUtf8("the measurement secret, 32 bytes");
  private static final Bytes CLUSTER = ClusterId.derive(Secret.copyOf(MEASUREMENT), SALT);

  private final FakeRegister register = new FakeRegister();
  private final List<String> steps = new ArrayList<>();
  private StateDiskDevice.State found = StateDiskDevice.State.LOCKED;
  private Optional<NodeState> nodeState = Optional.of(new NodeState(Role.WORKER, SALT));

  @Test
  void formatsANewDiskAndAsksForNoKey() throws Exception {
    found = StateDiskDevice.State.NEW;
    assertEquals(Outcome.FORMATTED, run());
    assertEquals(List.of("format"), steps);
    assertTrue(register.read().isAllZero());
  }

  @Test
  void unlocksAMembersDiskAndMeasuresItsClusterAgain() throws Exception {
    assertEquals(Outcome.UNLOCKED, run());
    assertEquals(List.of("find", "unlock", "read"), steps);
    assertEquals(register.expectedAfter(CLUSTER), register.read());
  }

  @Test
  void asksForNoKeyOnceTheRegisterIsSpent() throws Exception {
    register.extend(CLUSTER);
    assertThrows(IssueException.class, this::run);
    assertEquals(List.of(), steps);
  }

  @Test
  void locksADiskAgainThatIsNoMembers() throws Exception {
    nodeState = Optional.empty();
    IOException e = assertThrows(IOException.class, this::run);
    assertTrue(e.getMessage().contains("holds no node state"), e.getMessage());
    assertEquals(List.of("find", "unlock", "read", "lock"), steps);
    assertTrue(register.read().isAllZero());
  }

  @Test
  void locksADiskAgainWhoseClusterCannotBeMeasured() {
    register.ignoreExtensions();
    assertThrows(IssueException.class, this::run);
    assertEquals(List.of("find", "unlock", "read", "lock"), steps);
  }

  private Outcome run() throws Exception {
    return new DiskPreparation(
            new Device(),
            register,
            disk -> {
              steps.add("find");
              return new UnlockKeys(Secret.copyOf(KEY), Secret.copyOf(MEASUREMENT));
            },
            () -> {
              steps.add("read");
              return nodeState;
            })
        .run();
  }

  private final class Device implements StateDiskDevice {
    @Override
    public State state() {
      return found;
    }

    @Override
    public void format(DoubleConsumer progress) {
      steps.add("format");
    }

    @Override
    public LockedDisk locked() {
      return new LockedDisk() {
        @Override
        public String uuid() {
          return "0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f";
        }

        @Override
        public boolean opens(Secret key) {
          return key.equals(Secret.copyOf(KEY));
        }
      };
    }

    @Override
    public void unlock(Secret key) {
      steps.add("unlock");
      assertEquals(Secret.copyOf(KEY), key);
    }

    @Override
    public void lock() {
      steps.add("lock");
    }

    @Override
    public boolean open() {
      return false;
    }

    @Override
    public void close() {}
  }
}
