package dev.asterism.device;

import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens an SEV-SNP guest's device by its name on the command line. */
public final class SnpGuests {
  /** What {@link #open} takes. */
  public static final String FORMS = "tsm:DIR, /dev/sev-guest or software:FILE";

  private static final String TSM = "tsm:";
  private static final String SOFTWARE = "software:";
  private static final String DEVICE = "/dev/sev-guest";

  private SnpGuests() {}

  /**
   * Opens it.
   *
   * @param name one of {@link #FORMS}; null: what this machine has, configfs-tsm first
   * @param vmpl that reports are to name; null: the guest's own
   */
  public static SnpGuest open(@Nullable String name, @Nullable Integer vmpl)
      throws MalformedException, IOException {
    if (name == null) {
      return Files.isDirectory(Path.of(SnpTsm.ROOT))
          ? new SnpTsm(new TsmFiles.In(Path.of(SnpTsm.ROOT)), vmpl)
          : new SevGuest(DEVICE, vmpl == null ? 0 : vmpl);
    }
    if (name.startsWith(TSM) && name.length() > TSM.length()) {
      return new SnpTsm(new TsmFiles.In(Path.of(name.substring(TSM.length()))), vmpl);
    }
    if (name.startsWith(SOFTWARE) && name.length() > SOFTWARE.length()) {
      return SoftwareSnp.read(Path.of(name.substring(SOFTWARE.length())));
    }
    if (name.startsWith("/")) {
      return new SevGuest(name, vmpl == null ? 0 : vmpl);
    }
    throw new MalformedException("snp", "is not of the form " + FORMS);
  }
}
