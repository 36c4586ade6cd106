# One answer a connection, the last one for ever: refused (nobody listens yet), hang, reset, or a status.
import socket
import struct
import sys
import time

steps = sys.argv[1:]
if steps[0] == 'refused':
    time.sleep(6)
    steps.pop(0)
server = socket.create_server(('', 7000))
held = []
while True:
    client, _ = server.accept()
    step = steps.pop(0) if len(steps) > 1 else steps[0]
    if step == 'hang':
        held.append(client)
    elif step == 'reset':
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        client.close()
    else:
        client.recv(4096)
        client.sendall(f'HTTP/1.1 {step} said\r\nContent-Length: 0\r\n\r\n'.encode())
        client.close()
