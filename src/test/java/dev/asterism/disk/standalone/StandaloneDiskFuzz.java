package dev.asterism.disk.standalone;

import dev.asterism.testing.fuzz.FuzzFile;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.List;

/** The header of the standalone disk, which the host may change. */
public final class StandaloneDiskFuzz {
  private StandaloneDiskFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    var file = new FuzzFile("header.json");
    var slot = new DiskHeader.Slot(Bytes.zeros(32), Bytes.zeros(32));
    var header = new DiskHeader("0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f", true, List.of(slot));
    FuzzTarget.Writer<DiskHeader> writer =
        value -> {
          value.write(file.path());
          return file.content();
        };
    return List.of(
        FuzzTarget.of(
                "DiskHeader",
                json -> DiskHeader.read(file.with(json)),
                () -> List.of(writer.write(header)))
            .writing(writer)
            .refusing(IOException.class));
  }
}
