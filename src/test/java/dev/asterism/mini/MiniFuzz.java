package dev.asterism.mini;

import dev.asterism.node.Role;
import dev.asterism.testing.fuzz.FuzzFile;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What mini keeps about its cluster, and audit records that it looks for reasons in. */
public final class MiniFuzz {
  private static final String AK_NAME = "000b" + "11".repeat(32);
  private static final MiniPlan PLAN =
      new MiniPlan(
          MiniPlan.MiniPlatform.TDX,
          MiniPlan.TpmKind.SOFTWARE,
          List.of(new MiniPlan.NodePlan("worker-1", Role.WORKER, true, 40000, AK_NAME)));

  private MiniFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(plan(), records());
  }

  private static FuzzTarget<?> plan() {
    var file = new FuzzFile("mini.json");
    var dir = new MiniDir(file.folder());
    FuzzTarget.Writer<MiniPlan> writer =
        plan -> {
          plan.write(dir);
          return file.content();
        };
    return FuzzTarget.of(
            "MiniPlan",
            json -> {
              file.with(json);
              return MiniPlan.read(dir).orElseThrow();
            },
            () -> List.of(writer.write(PLAN)))
        .writing(writer)
        .refusing(IOException.class)
        .quoting("it is the operator's own file");
  }

  private static FuzzTarget<?> records() {
    var place = new FuzzFile("unused");
    var dir = new MiniDir(place.folder().resolve("mini"));
    Path audit = dir.node("worker-1").audit();
    return FuzzTarget.ofText(
            "AuditRecords",
            text -> {
              Files.createDirectories(audit.getParent());
              Files.writeString(audit, text);
              return new RefusalReasons(dir, PLAN)
                  .of(PLAN.node("worker-1"))
                  .map(RefusalReasons.Refusal::reason)
                  .orElseThrow(() -> new MalformedException("records", "hold no reason"));
            },
            "{\"content\": {\"appraisal\": {\"claims\": {\"identity\": {\"akName\": \"%s\"}},"
                    .formatted(AK_NAME)
                + " \"checks\": [{\"outcome\": \"failed\", \"check\": \"pcr\", \"expected\":"
                + " \"00\", \"actual\": \"11\"}]}}}\n{}\n")
        .refusing(IOException.class)
        // Each line is a document of its own.
        .allocating(4L << 30);
  }
}
