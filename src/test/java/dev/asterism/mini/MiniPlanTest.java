package dev.asterism.mini;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.node.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MiniPlanTest {
  private static final MiniPlan PLAN =
      new MiniPlan(
          MiniPlan.MiniPlatform.TDX,
          MiniPlan.TpmKind.SOFTWARE,
          List.of(new NodePlan("worker-1", Role.WORKER, false, 40000, "000b")));

  @TempDir Path folder;
  private MiniDir dir;

  @BeforeEach
  void write() throws IOException {
    dir = new MiniDir(folder);
    PLAN.write(dir);
  }

  @Test
  void readsWhatItWrote() throws IOException {
    assertEquals(Optional.of(PLAN), MiniPlan.read(dir));
  }

  @Test
  void anAddedNodeMakesNoOtherClusterOfIt() {
    NodePlan added =
        new NodePlan("worker-9", Role.WORKER, false, 41000, "000b", MiniPlan.Origin.ADDED);
    MiniPlan more = PLAN.with(added);

    assertTrue(more.isLike(PLAN));
    assertFalse(more.isLike(more));
    assertEquals(PLAN, more.without(added));
  }

  @Test
  void anAddedNodeMayBeInAnyStateInAHealthyCluster() {
    MiniPlan more =
        PLAN.with(
            new NodePlan("worker-9", Role.WORKER, false, 41000, "000b", MiniPlan.Origin.ADDED));
    var joined = new NodeStatus("worker-1", Role.WORKER, NodeStatus.State.JOINED, "");
    var waits = new NodeStatus("worker-9", Role.WORKER, NodeStatus.State.STARTING, "");
    var failed = new NodeStatus("worker-1", Role.WORKER, NodeStatus.State.FAILED, "");

    assertTrue(new MiniStatus(Optional.empty(), List.of(joined, waits)).healthy(more));
    assertFalse(new MiniStatus(Optional.empty(), List.of(failed, waits)).healthy(more));
  }

  @Test
  void readsPlansOfBeforeNodesCouldBeAdded() throws IOException {
    String json = Files.readString(dir.plan());
    Files.writeString(dir.plan(), json.replaceAll(",\\s*\"origin\"[^}]*", ""));

    assertEquals(Optional.of(PLAN), MiniPlan.read(dir));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"nodes\" | \"others\" | nodes: is not a list",
        "\"name\" | \"nam\" | name: is missing",
        "worker-1 | \", \"name\": \" | is not well-formed",
        "false | 0 | tampered",
        "40000 | \"a\" | firstPort",
        "40000 | 4000000000000 | firstPort",
        "\"role\" : \"worker\" | \"role\" : \"x\" | role: is no role",
        "SOFTWARE | HARDWARE | HARDWARE",
        "PLANNED | LOST | LOST",
      })
  void refusesAnyOtherFileAndNamesIt(String part, String other, String reason) throws Exception {
    String json = Files.readString(dir.plan());
    assertTrue(json.contains(part), json);
    Files.writeString(dir.plan(), json.replace(part, other));

    var e = assertThrows(IOException.class, () -> MiniPlan.read(dir));
    assertTrue(e.getMessage().startsWith(dir.plan().toString()), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }
}
