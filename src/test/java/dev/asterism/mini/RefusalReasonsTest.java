package dev.asterism.mini;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.mini.MiniPlan.MiniPlatform;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Origin;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.mini.RefusalReasons.Refusal;
import dev.asterism.node.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalReasonsTest {
  private static final NodePlan HONEST =
      new NodePlan("control-plane-1", Role.CONTROL_PLANE, false, 40000, "000b01");
  private static final NodePlan FORGED =
      new NodePlan("worker-1", Role.WORKER, false, true, 41000, "000b02", Origin.PLANNED);

  @TempDir Path folder;

  private Optional<Refusal> of(NodePlan node, String... appraisals) throws IOException {
    var dir = new MiniDir(folder);
    Path audit = dir.node(HONEST.name()).audit();
    Files.createDirectories(audit.getParent());
    var lines = new StringBuilder();
    for (String appraisal : appraisals) {
      lines.append("{\"content\": {\"appraisal\": ").append(appraisal).append("}}\n");
    }
    Files.writeString(audit, lines);
    var plan = new MiniPlan(MiniPlatform.GCP_SEV_SNP, TpmKind.SOFTWARE, List.of(HONEST, FORGED));
    return new RefusalReasons(dir, plan).of(node);
  }

  private static final String NAMELESS =
      "{\"checks\": [{\"check\": \"a\", \"outcome\": \"passed\"},"
          + " {\"check\": \"b\", \"outcome\": \"failed\", \"expected\": \"1\", \"actual\": \"2\"}]}";
  private static final String NAMED =
      "{\"claims\": {\"identity\": {\"akName\": \"000b01\"}}, \"checks\": [{\"check\": \"pcr\","
          + " \"subject\": \"PCR 4\", \"outcome\": \"failed\", \"expected\": \"1\", \"actual\":"
          + " \"2\"}, {\"check\": \"c\", \"outcome\": \"failed\", \"note\": \"x\"}]}";

  @Test
  void whatProvesNothingIsOfTheForgedNode() throws IOException {
    assertEquals(
        Optional.of(new Refusal("b: expected 1 got 2", List.of("b"))), of(FORGED, NAMELESS));
    assertEquals(Optional.empty(), of(HONEST, NAMELESS));
  }

  @Test
  void allChecksThatFailedAreNamed() throws IOException {
    assertEquals(
        Optional.of(new Refusal("PCR 4: expected 1 got 2 (pcr, c)", List.of("pcr", "c"))),
        of(HONEST, NAMED, NAMELESS));
    assertEquals(Optional.empty(), of(FORGED, NAMED));
  }

  @Test
  void aLaterVerdictTakesItBack() throws IOException {
    String accepted = "{\"claims\": {\"identity\": {\"akName\": \"000b01\"}}, \"checks\": []}";
    assertEquals(Optional.empty(), of(HONEST, NAMED, accepted));
  }
}
