package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.crypto.Pem;
import dev.asterism.keys.EmergencySshCa;
import dev.asterism.kubernetes.ControlPlaneFiles;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.proto.join.control_plane_cert_or_key;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What an honest node gets. */
class JoinTicketTest extends JoinServiceFixture {
  @Test
  void givesAWorkerItsTicket() throws Exception {
    try (JoinServiceNode node = node("Worker_1")) {
      IssueJoinTicketResponse ticket = node.join(node.request(false));
      assertEquals(key(node.disk), ticket.getStateDiskKey());
      assertEquals(key("measurementSecret"), ticket.getMeasurementSecret());
      assertEquals(ByteString.copyFrom(SALT.toArray()), ticket.getMeasurementSalt());
      assertEquals("10.0.0.1:6443", ticket.getApiServerEndpoint());
      assertTrue(ticket.getToken().matches("[a-z0-9]{6}\\.[a-z0-9]{16}"), "a bootstrap token");
      assertEquals(cluster.caCertHash(), ticket.getDiscoveryTokenCaCertHash());
      assertEquals(List.of(), ticket.getControlPlaneFilesList());
      assertEquals("", ticket.getKubernetesVersion());
      assertEquals(1, ticket.getKubernetesComponentsCount());
      assertEquals("data:,hello", ticket.getKubernetesComponents(0).getUrl());
      assertEquals("/opt/cni/bin/hello", ticket.getKubernetesComponents(0).getInstallPath());
    }
  }

  @Test
  void signsTheKubeletCertificateByTheClustersCa() throws Exception {
    try (JoinServiceNode node = node("Worker_1")) {
      IssueJoinTicketResponse ticket = node.join(node.request(false));
      var signed = Pem.certificates("x", ticket.getKubeletCert().toStringUtf8()).getFirst();
      assertEquals(node.kubelet.getPublic(), signed.getPublicKey());
      assertEquals(
          "CN=system:node:Worker_1,O=system:nodes", signed.getSubjectX500Principal().getName());
      String ca = Files.readString(folder.resolve("cp-0/etc/kubernetes/pki/ca.crt"));
      signed.verify(Pem.certificates("ca", ca).getFirst().getPublicKey());
    }
  }

  @Test
  void certifiesTheHostKeyForTheNodesAndTheClustersNames() throws Exception {
    try (JoinServiceNode node = node("Worker_1");
        EmergencySshCa ca = EmergencySshCa.of(KEYS)) {
      IssueJoinTicketResponse ticket = node.join(node.request(false));
      assertEquals(
          ca.publicKey().authorizedKeysLine(""), ticket.getAuthorizedCaPublicKey().toStringUtf8());
      String[] line = ticket.getHostCertificate().toStringUtf8().strip().split(" ");
      assertEquals("ssh-ed25519-cert-v01@openssh.com", line[0]);
      String raw =
          new String(
              Bytes.ofBase64("certificate", line[1]).toArray(),
              java.nio.charset.StandardCharsets.ISO_8859_1);
      String names = "\0\0\0\10worker_1\0\0\0" + (char) node.ip.length() + node.ip;
      assertTrue(raw.contains(names), "the node's names");
      assertTrue(raw.contains("\0\0\0\17api.example.com"), "the cluster's names");
    }
  }

  @Test
  void givesNoHostCertificateToANodeWithoutAHostKey() {
    try (JoinServiceNode node = node("worker-1")) {
      IssueJoinTicketResponse ticket = node.join(node.request(false).clearHostPublicKey());
      assertTrue(ticket.getHostCertificate().isEmpty());
      assertFalse(ticket.getAuthorizedCaPublicKey().isEmpty());
    }
  }

  @Test
  void givesAControlPlaneTheEightFiles() throws Exception {
    try (JoinServiceNode node = node("cp-1")) {
      IssueJoinTicketResponse ticket = node.join(node.request(true));
      assertEquals(
          ControlPlaneFiles.NAMES,
          ticket.getControlPlaneFilesList().stream()
              .map(control_plane_cert_or_key::getName)
              .toList());
      assertEquals(
          Files.readString(folder.resolve("cp-0/etc/kubernetes/pki/etcd/ca.key")),
          ticket.getControlPlaneFiles(3).getData().toStringUtf8());
    }
  }

  @Test
  void givesARebootedNodeItsKeysAgain() throws Exception {
    try (JoinServiceNode node = member("worker-1")) {
      IssueRejoinTicketResponse ticket = node.rejoin(node.disk);
      assertEquals(key(node.disk), ticket.getStateDiskKey());
      assertEquals(key("measurementSecret"), ticket.getMeasurementSecret());
    }
  }

  @Test
  void letsOneControlPlaneJoinAtATime() {
    try (JoinServiceNode first = node("cp-1");
        JoinServiceNode second = node("cp-2");
        JoinServiceNode worker = node("worker-1")) {
      first.join(first.request(true));
      assertRefused(
          Status.Code.UNAVAILABLE,
          "another control plane",
          () -> second.join(second.request(true)));
      worker.join(worker.request(false));
    }
  }

  @Test
  void letsAControlPlaneThatLostItsTicketAskAgain() {
    try (JoinServiceNode node = node("cp-1")) {
      node.join(node.request(true));
    }
    try (JoinServiceNode node = node("cp-1")) {
      node.join(node.request(true));
    }
  }

  @Test
  void gives50NodesAtOnce50DifferentTokens() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var joins = new ArrayList<Future<IssueJoinTicketResponse>>();
      for (int i = 0; i < 50; i++) {
        String name = "worker-" + i;
        joins.add(
            threads.submit(() -> {
              try (JoinServiceNode node = node(name)) {
                return node.join(node.request(false));
              }
            }));
      }
      var tokens = new java.util.HashSet<String>();
      var diskKeys = new java.util.HashSet<ByteString>();
      for (Future<IssueJoinTicketResponse> join : joins) {
        tokens.add(join.get().getToken());
        diskKeys.add(join.get().getStateDiskKey());
      }
      assertEquals(50, tokens.size());
      assertEquals(50, diskKeys.size());
    }
    assertEquals(50, records().stream().filter(r -> r.contains("ticket-issued")).count());
  }
}
