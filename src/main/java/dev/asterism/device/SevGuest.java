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
 * {@code /dev/sev-guest} of Linux ({@code uapi/linux/sev-guest.h}), for kernels without
 * configfs-tsm: the extended report, which brings the host's certificates.
 */
public final class SevGuest implements SnpGuest {
  /** {@code _IOWR('S', 2, struct snp_guest_request_ioctl)}, of 32 bytes. */
  private static final long GET_EXT_REPORT = 0xc0205302L;

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;

  /** struct snp_ext_report_req: user_data 64, vmpl u32, reserved 28, certs_address, certs_len. */
  private static final int REQUEST = 112;

  private static final int VMPL = 64;
  private static final int CERTIFICATES = 96;
  private static final int CERTIFICATES_LENGTH = 104;

  /** struct snp_report_resp: 4000 bytes, which start with MSG_REPORT_RSP. */
  private static final int RESPONSE = 4000;

  /** MSG_REPORT_RSP (AMD 56860): status u32, size u32, reserved 24, then the report. */
  private static final int HEADER = 32;

  /** What the driver takes at most: SEV_FW_BLOB_MAX_SIZE is 16 kB. */
  private static final int LARGEST_TABLE = 0x4000;

  /** struct snp_guest_request_ioctl: msg_version u8, then three u64 from 8 on. */
  private static final int IOCTL = 32;

  private final String device;
  private final int vmpl;

  /**
   * @param vmpl that the report is to name; not below the guest's own
   */
  public SevGuest(String device, int vmpl) {
    this.device = device;
    this.vmpl = vmpl;
  }

  /** The few functions of the C library that this needs. */
  private interface C extends Library {
    int open(String path, int flags) throws LastErrorException;

    int ioctl(int file, NativeLong request, Pointer argument) throws LastErrorException;

    int close(int file) throws LastErrorException;
  }

  @Override
  public Evidence report(Bytes reportData) throws IOException {
    try (Memory request = new Memory(REQUEST);
        Memory response = new Memory(RESPONSE);
        Memory table = new Memory(LARGEST_TABLE);
        Memory call = new Memory(IOCTL)) {
      request.clear();
      response.clear();
      table.clear();
      call.clear();
      request.write(0, reportData.toArray(), 0, REPORT_DATA);
      request.setInt(VMPL, vmpl);
      request.setPointer(CERTIFICATES, table);
      request.setInt(CERTIFICATES_LENGTH, LARGEST_TABLE);
      call.setByte(0, (byte) 1);
      call.setPointer(8, request);
      call.setPointer(16, response);
      ask(call);
      return answer(
          Bytes.of(response.getByteArray(0, RESPONSE)),
          Bytes.of(table.getByteArray(0, LARGEST_TABLE)));
    }
  }

  private void ask(Memory call) throws IOException {
    try {
      C c = Native.load("c", C.class);
      int file = c.open(device, O_RDWR | O_CLOEXEC);
      try {
        c.ioctl(file, new NativeLong(GET_EXT_REPORT), call);
      } finally {
        c.close(file);
      }
    } catch (LastErrorException e) {
      // exitinfo2: the firmware's error below, the hypervisor's above.
      throw new IOException(
          device
              + " gives no report (errno "
              + e.getErrorCode()
              + ", exitinfo2 "
              + Long.toHexString(call.getLong(24))
              + ")",
          e);
    }
  }

  /** Takes the report out of MSG_REPORT_RSP; the table is empty where its first entry is. */
  static Evidence answer(Bytes response, Bytes table) throws IOException {
    try {
      var in = response.reader("MSG_REPORT_RSP");
      long status = in.u32le("status");
      long size = in.u32le("report_size");
      in.bytes("reserved", HEADER - 8);
      if (status != 0) {
        throw new IOException("the secure processor answers with status " + status);
      }
      Bytes report = in.bytes("report", size);
      boolean none = table.length() < 16 || table.slice(0, 16).isAllZero();
      return new Evidence(report, none ? Bytes.EMPTY : table);
    } catch (dev.asterism.wire.MalformedException e) {
      throw new IOException("the secure processor answers strangely: " + e.getMessage(), e);
    }
  }

  @Override
  public String description() {
    return device;
  }
}
