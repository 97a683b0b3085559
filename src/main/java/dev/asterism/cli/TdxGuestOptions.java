package dev.asterism.cli;

import dev.asterism.device.KernelTdx;
import dev.asterism.device.SoftwareTdx;
import dev.asterism.device.TdxGuest;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a TD gets its quotes. */
final class TdxGuestOptions {
  private static final String KERNEL = "kernel";
  private static final String SOFTWARE = "software:";

  @Option(
      names = "--tdx",
      paramLabel = "GUEST",
      defaultValue = KERNEL,
      description = {
        "Where a TD gets its quotes: kernel, or software:FILE (default: ${DEFAULT-VALUE}).",
        "A software guest keeps its keys in that file: for tests, and for mini."
      })
  private String tdx = "";

  TdxGuestOptions() {}

  boolean isKernel() {
    return tdx.equals(KERNEL);
  }

  TdxGuest guest() throws MalformedException {
    if (isKernel()) {
      return new KernelTdx();
    }
    if (tdx.startsWith(SOFTWARE) && tdx.length() > SOFTWARE.length()) {
      return new SoftwareTdx(Path.of(tdx.substring(SOFTWARE.length())));
    }
    throw new MalformedException("--tdx", "is not kernel or software:FILE");
  }
}
