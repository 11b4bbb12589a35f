ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                    
ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                    
ASCII SPSS PORT FILE                    0000000000000000000000000000000000000000
0000000000000000000000000123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst
uvwxyz .<(+|&[]!$*);^-/|,%_>?`:$@'="000000~-0000123456789000-()0{}\0000000000000
00000000000000000000000000000000000000000000000000000000SPSSPORTA8/202401016/000
0001E/GNU pspp 1.6.23J/x86_64-pc-linux-gnu44/5C/70/2/ID5/8/2/5/8/2/70/1/X5/8/2/5
/8/2/70/1/Y5/8/2/5/8/2/7C/1/T1/C/0/1/C/0/F1/1/.3MF/C/case 1      2/2/.7F/C/case 
2      3/3/.B7F/C/case 3      4/4/.F/C/case 4      5/*..IMF/C/case 5      6/6/.M
F/C/case 6      7/0/.Q7F/C/case 7      8/1/1/C/case 8      9/2/1.3MF/C/case 9   
   A/*.1.7F/C/case 10     B/4/1.B7F/C/case 0      C/5/1.F/C/case 1      D/6/1.IM
F/C/case 2      E/0/1.MF/C/case 3      F/*.1.Q7F/C/case 4      G/2/2/C/case 5   
   H/3/2.3MF/C/case 6      I/4/2.7F/C/case 7      J/5/2.B7F/C/case 8      K/*.2.
F/C/case 9      L/0/2.IMF/C/case 10     M/1/2.MF/C/case 0      N/2/2.Q7F/C/case 
1      O/3/3/C/case 2      P/*.3.3MF/C/case 3      Q/5/3.7F/C/case 4      R/6/3.
B7F/C/case 5      S/0/3.F/C/case 6      T/1/3.IMF/C/case 7      10/*.3.MF/C/case
 8      11/3/3.Q7F/C/case 9      12/4/4/C/case 10     13/5/4.3MF/C/case 0      1
4/6/4.7F/C/case 1      15/*.4.B7F/C/case 2      16/1/4.F/C/case 3      17/2/4.IM
F/C/case 4      18/3/4.MF/C/case 5      19/4/4.Q7F/C/case 6      1A/*.5/C/case 7
      1B/6/5.3MF/C/case 8      1C/0/5.7F/C/case 9      1D/1/5.B7F/C/case 10     
1E/2/5.F/C/case 0      1F/*.5.IMF/C/case 1      1G/4/5.MF/C/case 2      1H/5/5.Q
7F/C/case 3      1I/6/6/C/case 4      1J/0/6.3MF/C/case 5      1K/*.6.7F/C/case 
6      1L/2/6.B7F/C/case 7      1M/3/6.F/C/case 8      1N/4/6.IMF/C/case 9      
1O/5/6.MF/C/case 10     1P/*.6.Q7F/C/case 0      1Q/0/7/C/case 1      1R/1/7.3MF
/C/case 2      1S/2/7.7F/C/case 3      1T/3/7.B7F/C/case 4      20/*.7.F/C/case 
5      21/5/7.IMF/C/case 6      22/6/7.MF/C/case 7      23/0/7.Q7F/C/case 8     
 24/1/8/C/case 9      25/*.8.3MF/C/case 10     26/3/8.7F/C/case 0      27/4/8.B7
F/C/case 1      28/5/8.F/C/case 2      29/6/8.IMF/C/case 3      2A/*.8.MF/C/case
 4      2B/1/8.Q7F/C/case 5      2C/2/9/C/case 6      2D/3/9.3MF/C/case 7      2
E/4/9.7F/C/case 8      2F/*.9.B7F/C/case 9      2G/6/9.F/C/case 10     2H/0/9.IM
F/C/case 0      2I/1/9.MF/C/case 1      2J/2/9.Q7F/C/case 2      2K/*.A/C/case 3
      2L/4/A.3MF/C/case 4      2M/5/A.7F/C/case 5      2N/6/A.B7F/C/case 6      
2O/0/A.F/C/case 7      2P/*.A.IMF/C/case 8      2Q/2/A.MF/C/case 9      2R/3/A.Q
7F/C/case 10     2S/4/B/C/case 0      2T/5/B.3MF/C/case 1      30/*.B.7F/C/case 
2      31/0/B.B7F/C/case 3      32/1/B.F/C/case 4      33/2/B.IMF/C/case 5      
34/3/B.MF/C/case 6      35/*.B.Q7F/C/case 7      36/5/C/C/case 8      37/6/C.3MF
/C/case 9      38/0/C.7F/C/case 10     39/1/C.B7F/C/case 0      3A/*.C.F/C/case 
1      3B/3/C.IMF/C/case 2      3C/4/C.MF/C/case 3      3D/5/C.Q7F/C/case 4     
 3E/6/D/C/case 5      3F/*.D.3MF/C/case 6      3G/1/D.7F/C/case 7      3H/2/D.B7
F/C/case 8      3I/3/D.F/C/case 9      3J/4/D.IMF/C/case 10     3K/*.D.MF/C/case
 0      3L/6/D.Q7F/C/case 1      3M/0/E/C/case 2      3N/1/E.3MF/C/case 3      3
O/2/E.7F/C/case 4      3P/*.E.B7F/C/case 5      3Q/4/E.F/C/case 6      3R/5/E.IM
F/C/case 7      3S/6/E.MF/C/case 8      3T/0/E.Q7F/C/case 9      40/*.F/C/case 1
0     41/2/F.3MF/C/case 0      42/3/F.7F/C/case 1      43/4/F.B7F/C/case 2      
44/5/F.F/C/case 3      45/*.F.IMF/C/case 4      46/0/F.MF/C/case 5      47/1/F.Q
7F/C/case 6      48/2/G/C/case 7      49/3/G.3MF/C/case 8      4A/*.G.7F/C/case 
9      4B/5/G.B7F/C/case 10     4C/6/G.F/C/case 0      4D/0/G.IMF/C/case 1      
4E/1/G.MF/C/case 2      4F/*.G.Q7F/C/case 3      4G/3/H/C/case 4      4H/4/H.3MF
/C/case 5      4I/5/H.7F/C/case 6      4J/6/H.B7F/C/case 7      4K/*.H.F/C/case 
8      4L/1/H.IMF/C/case 9      4M/2/H.MF/C/case 10     4N/3/H.Q7F/C/case 0     
 4O/4/I/C/case 1      4P/*.I.3MF/C/case 2      4Q/6/I.7F/C/case 3      4R/0/I.B7
F/C/case 4      4S/1/I.F/C/case 5      4T/2/I.IMF/C/case 6      50/*.I.MF/C/case
 7      51/4/I.Q7F/C/case 8      52/5/J/C/case 9      53/6/J.3MF/C/case 10     5
4/0/J.7F/C/case 0      55/*.J.B7F/C/case 1      56/2/J.F/C/case 2      57/3/J.IM
F/C/case 3      58/4/J.MF/C/case 4      59/5/J.Q7F/C/case 5      5A/*.K/C/case 6
      5B/0/K.3MF/C/case 7      5C/1/K.7F/C/case 8      5D/2/K.B7F/C/case 9      
5E/3/K.F/C/case 10     5F/*.K.IMF/C/case 0      5G/5/K.MF/C/case 1      5H/6/K.Q
7F/C/case 2      5I/0/L/C/case 3      5J/1/L.3MF/C/case 4      5K/*.L.7F/C/case 
5      5L/3/L.B7F/C/case 6      5M/4/L.F/C/case 7      5N/5/L.IMF/C/case 8      
5O/6/L.MF/C/case 9      5P/*.L.Q7F/C/case 10     5Q/1/M/C/case 0      5R/2/M.3MF
/C/case 1      5S/3/M.7F/C/case 2      5T/4/M.B7F/C/case 3      60/*.M.F/C/case 
4      61/6/M.IMF/C/case 5      62/0/M.MF/C/case 6      63/1/M.Q7F/C/case 7     
 64/2/N/C/case 8      65/*.N.3MF/C/case 9      66/4/N.7F/C/case 10     67/5/N.B7
F/C/case 0      68/6/N.F/C/case 1      69/0/N.IMF/C/case 2      6A/*.N.MF/C/case
 3      6B/2/N.Q7F/C/case 4      6C/3/O/C/case 5      6D/4/O.3MF/C/case 6      6
E/5/O.7F/C/case 7      6F/*.O.B7F/C/case 8      6G/0/O.F/C/case 9      6H/1/O.IM
F/C/case 10     6I/2/O.MF/C/case 0      6J/3/O.Q7F/C/case 1      6K/*.P/C/case 2
      6L/5/P.3MF/C/case 3      6M/6/P.7F/C/case 4      6N/0/P.B7F/C/case 5      
6O/1/P.F/C/case 6      6P/*.P.IMF/C/case 7      6Q/3/P.MF/C/case 8      6R/4/P.Q
7F/C/case 9      6S/5/Q/C/case 10     6T/6/Q.3MF/C/case 0      70/*.Q.7F/C/case 
1      71/1/Q.B7F/C/case 2      72/2/Q.F/C/case 3      73/3/Q.IMF/C/case 4      
74/4/Q.MF/C/case 5      75/*.Q.Q7F/C/case 6      76/6/R/C/case 7      77/0/R.3MF
/C/case 8      78/1/R.7F/C/case 9      79/2/R.B7F/C/case 10     7A/*.R.F/C/case 
0      7B/4/R.IMF/C/case 1      7C/5/R.MF/C/case 2      7D/6/R.Q7F/C/case 3     
 7E/0/S/C/case 4      7F/*.S.3MF/C/case 5      7G/2/S.7F/C/case 6      7H/3/S.B7
F/C/case 7      7I/4/S.F/C/case 8      7J/5/S.IMF/C/case 9      7K/*.S.MF/C/case
 10     7L/0/S.Q7F/C/case 0      7M/1/T/C/case 1      7N/2/T.3MF/C/case 2      7
O/3/T.7F/C/case 3      7P/*.T.B7F/C/case 4      7Q/5/T.F/C/case 5      7R/6/T.IM
F/C/case 6      7S/0/T.MF/C/case 7      7T/1/T.Q7F/C/case 8      80/*.10/C/case 
9      81/3/10.3MF/C/case 10     82/4/10.7F/C/case 0      83/5/10.B7F/C/case 1  
    84/6/10.F/C/case 2      85/*.10.IMF/C/case 3      86/1/10.MF/C/case 4      8
7/2/10.Q7F/C/case 5      88/3/11/C/case 6      89/4/11.3MF/C/case 7      8A/*.11
.7F/C/case 8      8B/6/11.B7F/C/case 9      8C/0/11.F/C/case 10     8D/1/11.IMF/
C/case 0      8E/2/11.MF/C/case 1      8F/*.11.Q7F/C/case 2      8G/4/12/C/case 
3      8H/5/12.3MF/C/case 4      8I/6/12.7F/C/case 5      8J/0/12.B7F/C/case 6  
    8K/*.12.F/C/case 7      8L/2/12.IMF/C/case 8      8M/3/12.MF/C/case 9      8
N/4/12.Q7F/C/case 10     8O/5/13/C/case 0      8P/*.13.3MF/C/case 1      8Q/0/13
.7F/C/case 2      8R/1/13.B7F/C/case 3      8S/2/13.F/C/case 4      8T/3/13.IMF/
C/case 5      90/*.13.MF/C/case 6      91/5/13.Q7F/C/case 7      92/6/14/C/case 
8      93/0/14.3MF/C/case 9      94/1/14.7F/C/case 10     95/*.14.B7F/C/case 0  
    96/3/14.F/C/case 1      97/4/14.IMF/C/case 2      98/5/14.MF/C/case 3      9
9/6/14.Q7F/C/case 4      9A/*.15/C/case 5      9B/1/15.3MF/C/case 6      9C/2/15
.7F/C/case 7      9D/3/15.B7F/C/case 8      9E/4/15.F/C/case 9      9F/*.15.IMF/
C/case 10     9G/6/15.MF/C/case 0      9H/0/15.Q7F/C/case 1      9I/1/16/C/case 
2      9J/2/16.3MF/C/case 3      9K/*.16.7F/C/case 4      9L/4/16.B7F/C/case 5  
    9M/5/16.F/C/case 6      9N/6/16.IMF/C/case 7      9O/0/16.MF/C/case 8      9
P/*.16.Q7F/C/case 9      9Q/2/17/C/case 10     9R/3/17.3MF/C/case 0      9S/4/17
.7F/C/case 1      9T/5/17.B7F/C/case 2      A0/*.17.F/C/case 3      ZZZZZZZZZZZZ
