package dev.asterism.device;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A TDX guest through its kernel: quotes by configfs-tsm, RTMRs by sysfs (Linux ≥ 6.16) or, on
 * older kernels, the guest device.
 */
public final class KernelTdx implements TdxGuest {
  private static final String PROVIDER = "tdx_guest";

  private final ConfigfsTsm tsm;
  private final Path measurements;
  private final String device;

  /** The kernel's usual places. */
  public KernelTdx() {
    this(
        new ConfigfsTsm(ConfigfsTsm.ROOT),
        Path.of("/sys/class/misc/tdx_guest/measurements"),
        "/dev/tdx_guest");
  }

  KernelTdx(ConfigfsTsm tsm, Path measurements, String device) {
    this.tsm = tsm;
    this.measurements = measurements;
    this.device = device;
  }

  @Override
  public Bytes quote(Bytes reportData) throws IOException {
    if (!tsm.isPresent()) {
      throw new IOException(
          "this kernel has no configfs-tsm: mount configfs, and use Linux 6.7 or later in a TD");
    }
    ConfigfsTsm.Report report = tsm.report(reportData, false);
    if (!report.provider().equals(PROVIDER)) {
      throw new IOException("configfs-tsm reports by " + report.provider() + ", not " + PROVIDER);
    }
    return report.outblob();
  }

  @Override
  public Bytes rtmr(int index) throws IOException {
    Path file = file(index);
    if (!Files.exists(file)) {
      return new TdxIoctl(device).rtmr(index);
    }
    Bytes value;
    try (var in = Files.newInputStream(file)) {
      value = Bytes.of(in.readNBytes(REGISTER + 1));
    }
    if (value.length() != REGISTER) {
      throw new IOException(file + " does not give " + REGISTER + " bytes");
    }
    return value;
  }

  @Override
  public void extend(int index, Bytes digest) throws IOException {
    if (digest.length() != REGISTER) {
      throw new IllegalArgumentException("RTMRs are extended with " + REGISTER + " bytes");
    }
    Path file = file(index);
    if (Files.exists(file)) {
      // One write: the kernel takes the whole digest or none.
      Files.write(file, digest.toArray(), StandardOpenOption.WRITE);
    } else {
      new TdxIoctl(device).extend(index, digest);
    }
  }

  private Path file(int index) {
    return measurements.resolve("rtmr" + index + ":sha384");
  }

  @Override
  public String description() {
    return "TDX guest (configfs-tsm)";
  }
}
