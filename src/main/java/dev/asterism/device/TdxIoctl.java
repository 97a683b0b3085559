package dev.asterism.device;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import dev.asterism.wire.Bytes;
import java.io.IOException;

/**
 * The TDX guest device (Linux, {@code uapi/linux/tdx-guest.h}): reports, and on kernels that have
 * it the extension of RTMRs, whose request number differs between drivers in its direction.
 */
final class TdxIoctl {
  /** {@code _IOWR('T', 1, struct tdx_report_req)}: 64 bytes of report data, then the TDREPORT. */
  private static final long GET_REPORT0 = 0xc4405401L;

  /** {@code _IOR('T', 3, struct tdx_extend_rtmr_req)}: 48 bytes of digest, then the index. */
  private static final long EXTEND_RTMR = 0x80315403L;

  /** The same as {@code _IOW}. */
  private static final long EXTEND_RTMR_W = 0x40315403L;

  private static final int TDREPORT = 1024;

  /** In a TDREPORT: TDINFO at 512, in it RTMR 0 behind attributes, XFAM and four registers. */
  private static final int RTMR0 = 512 + 8 + 8 + 4 * TdxGuest.REGISTER;

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int ENOTTY = 25;

  private final String device;

  TdxIoctl(String device) {
    this.device = device;
  }

  /** The few functions of the C library that this needs. */
  private interface C extends Library {
    int open(String path, int flags) throws LastErrorException;

    int ioctl(int file, NativeLong request, Pointer argument) throws LastErrorException;

    int close(int file) throws LastErrorException;
  }

  Bytes rtmr(int index) throws IOException {
    try (Memory request = new Memory(TdxGuest.REPORT_DATA + TDREPORT)) {
      request.clear();
      call(GET_REPORT0, request);
      int from = TdxGuest.REPORT_DATA + RTMR0 + index * TdxGuest.REGISTER;
      return Bytes.of(request.getByteArray(from, TdxGuest.REGISTER));
    } catch (LastErrorException e) {
      throw failed("gives no report", e);
    }
  }

  void extend(int index, Bytes digest) throws IOException {
    try (Memory request = new Memory(TdxGuest.REGISTER + 1)) {
      request.write(0, digest.toArray(), 0, TdxGuest.REGISTER);
      request.setByte(TdxGuest.REGISTER, (byte) index);
      try {
        call(EXTEND_RTMR, request);
      } catch (LastErrorException e) {
        if (e.getErrorCode() != ENOTTY) {
          throw e;
        }
        call(EXTEND_RTMR_W, request);
      }
    } catch (LastErrorException e) {
      throw failed("does not extend RTMR " + index, e);
    }
  }

  private void call(long request, Memory argument) {
    C c = Native.load("c", C.class);
    int file = c.open(device, O_RDWR | O_CLOEXEC);
    try {
      c.ioctl(file, new NativeLong(request), argument);
    } finally {
      c.close(file);
    }
  }

  private IOException failed(String what, LastErrorException e) {
    return new IOException(device + " " + what + " (errno " + e.getErrorCode() + ")", e);
  }
}
